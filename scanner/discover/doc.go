// Package discover finds endpoints in documents and answers: API descriptions,
// recorded traffic, site maps, links. Its functions are pure, from bytes to
// endpoints; what they return is bounded, each endpoint stands once, and hostile
// input yields fewer endpoints or an error, never more work than its length.
package discover
