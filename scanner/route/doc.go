// Package route turns the route patterns of web frameworks into paths that
// exist: "users/<int:pk>/" becomes "/users/1/". It does no I/O and imports
// nothing but the standard library.
package route
