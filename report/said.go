package report

import "hash/maphash"

// saidErrors remembers which errors a report has already: a target brings its own
// error, and the account at the end lists them all. It keeps hashes, so that a
// long list of dead targets costs little.
type saidErrors struct {
	seed   maphash.Seed
	hashes map[uint64]struct{}
}

func newSaidErrors() *saidErrors {
	return &saidErrors{maphash.MakeSeed(), map[uint64]struct{}{}}
}

func (s *saidErrors) hash(target, message string) uint64 {
	return maphash.String(s.seed, target+"\x00"+message)
}

func (s *saidErrors) add(target, message string) {
	s.hashes[s.hash(target, message)] = struct{}{}
}

func (s *saidErrors) has(target, message string) bool {
	_, said := s.hashes[s.hash(target, message)]
	return said
}
