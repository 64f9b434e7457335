// Package sourcetest is the contract of package sources as tests: every kind of
// source runs them against a real or modelled peer.
//
//	Harness.Open(World) ─▶ Peer{Source, Change, Break} ─▶ each Case ─▶ nil, or what was broken
//
// A case has a why, the harm that its breach does, and a planted fault: a way to
// spoil a good source that the case must notice. Memory, the good source, is
// also a stand-in for tests of what reads sources.
//
// ContextHarness, ContextCase and Rota are the same for sources of shifts and
// tickets.
//
// Cases return errors instead of failing the test, so that the package's own
// tests can see them fail.
package sourcetest
