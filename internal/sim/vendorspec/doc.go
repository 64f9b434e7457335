// Package vendorspec holds simulators against the vendors' own API descriptions: a
// handler that is wrapped in one fails the test when a request is not what the
// vendor would take, or an answer not what the vendor would give.
//
// The descriptions know neither state nor limits nor who may do what: those are in
// the simulators, from the vendors' pages. specs/README.md says where each file is
// from.
package vendorspec
