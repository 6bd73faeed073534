// Package sensitivity makes the inference that an attacker would make: by its
// name, its methods, what it answers and what an API description says of it, does
// an endpoint look worth protecting? It is pure, and each inference comes with its
// reasons.
package sensitivity
