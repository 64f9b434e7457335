// Package sim has what simulators share: stand-ins for systems that run within the
// program, for `simulate: true` and for tests. A simulator is a System; this package
// takes requests to it without a socket, plants faults, and keeps what it holds from
// one run of the program to the next.
//
//	httpkit.Client ─▶ Transport ─ faults ─▶ System (http.Handler)
//	                      └─ file: what the System holds
//
// What a simulator must be like is its vendor's business; vendorspec checks it
// against the vendor's own description, and simtest makes it a peer of the contract.
package sim
