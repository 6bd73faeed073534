// Package operational is the catalogue of endpoints that are made for operators
// and not for strangers: metrics, profilers, logs, configuration, admin planes,
// API descriptions. An entry says where such an endpoint usually is and by what
// its body is known; a status of 200 alone never counts.
//
// The data is catalogue.yaml; what its keys mean stands at its top.
package operational
