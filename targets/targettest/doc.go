// Package targettest is the contract that every target keeps, as tests. An
// adapter's whole contract test is
//
//	func TestContract(t *testing.T) {
//		targettest.Run(t, targettest.Harness{New: freshPeer})
//	}
//
// where freshPeer makes a target over an empty system that ends with the test,
// and says what else can be done to that system (Peer). A case that needs more
// than the peer or the target's capabilities offer is listed as left out.
//
// Nearly every case is a list of wanted states passed to converge:
//
//	read ─▶ differ(observed, wanted) ─▶ apply each step twice ─▶ read ─▶ differ must be empty
//
// Each case tells why it exists, and a planted fault in a copy of the reference
// model (targets/memory) proves that it can fail.
package targettest
