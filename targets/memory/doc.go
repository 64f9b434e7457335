// Package memory is the reference model of a target: accounts with ids of their
// own, entitlements of any kind and assignments, all inside the process. What
// the contract in targettest says of targets, this one does in the plainest way;
// the random histories of that suite compare every other target with it.
//
//	New(name, options…) ─▶ Target ─ Read, Apply ─▶ the engine under test
//	                          ▲
//	     Seed, TakeAway, Drop │ Snapshot, Counts: what a stranger does and sees
//	     SetFaults            │ trouble, chosen by operation and not by chance
//
// It is also `kind: memory` of the configuration, for demonstrations: its
// contents live as long as the process.
package memory
