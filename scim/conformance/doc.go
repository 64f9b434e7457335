// Package conformance asks a SCIM server whether it keeps RFC 7643, 7644 and
// 9865, as a client that knows nothing of its inside. A test is
//
//	func TestConformance(t *testing.T) {
//		conformance.Run(t, conformance.Server{Base: "https://hub.example.com/scim/v2", Token: token})
//	}
//
// and a program opens a Suite and checks the Cases that it wants.
//
//	Cases ─▶ Suite.Leaves? ─▶ Client ──HTTP──▶ server
//	            (not offered)    │ makes users and groups under names that nobody else has
//	                             ▼
//	                        what was asked, what came back, what the RFC says
//
// Each Case names the section that it is about and why somebody would miss it.
// Where the RFC leaves a choice, every allowed answer is good; where it only
// recommends, a case asks what clients in the field rely on, and its Why says so.
// Cases that a server which bends to its clients has to fail are Strict.
//
// Most cases are rows of tables: filters over one cast of people and groups,
// PATCH operations with a before and an after. Cases share nothing but that cast,
// so they can run side by side and against a server that is in use; what they make
// they delete.
//
// The package owns requests, expectations and a readable complaint. It imports
// nothing of the hub. Its own tests hold it against a small server of their own,
// clean and with faults planted in front of it: every case must pass the one and
// be failed by some of the others.
package conformance
