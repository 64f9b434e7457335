// Package simtest makes a simulator a peer of the contract of targets: it maps the
// contract's troubles to faults of the transport, and has a clock of its own, so that
// waiting for a limit takes no time.
package simtest
