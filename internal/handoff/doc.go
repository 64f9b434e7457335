// Package handoff is Birthright's own protocol for systems that no adapter knows: a
// receiver of the user's own is told what is to be true, answers what became of it,
// and, where it can, lists what it holds. docs/webhook-protocol.md is the protocol in
// words, docs/webhook-protocol.schema.json as a schema.
//
//	Apply ─▶ Op{Key} ─▶ Line ─▶ receiver     Line is HTTP (targets/webhook) or
//	      ◀─ Result  ◀──────┘                a process (targets/command)
//	Read  ─▶ State pages, or the ledger of what the receiver said yes to
//
// It owns the messages, the keys that make repeating safe, the ledger that stands in
// for a listing, and the signatures. How bytes travel is the Line's; package receiver
// is the other side.
package handoff
