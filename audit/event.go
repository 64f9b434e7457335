package audit

import "time"

// Event is one entry of the log: who did what to whom, why, and how it ended.
type Event struct {
	// Seq counts from 1 without gaps; the store sets it.
	Seq int64 `json:"seq"`
	// At is when the transaction that carries the event began, UTC, to the
	// microsecond.
	At time.Time `json:"at"`
	// Actor is who did it: "operator:NAME" at the machine, "source:NAME" for a
	// push or pull, "user:NAME", or "hub" for what follows by itself.
	Actor string `json:"actor"`
	// Action is NOUN.VERB, e.g. "user.created", "change.intent", "token.revoked".
	Action string `json:"action"`
	// Subject is what it was done to, e.g. "user:ada", "target:github".
	Subject string `json:"subject"`
	// Run is the run that it belongs to, "" outside one.
	Run string `json:"run,omitempty"`
	// Detail holds what else a reader needs; JSON-encodable, no secrets.
	Detail map[string]any `json:"detail,omitempty"`
}
