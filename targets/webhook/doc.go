// Package webhook hands access over to a receiver of the user's own, over HTTP:
// signed requests that say what is to be true, and a listing where there is one.
// What the messages are and mean is package handoff's; this one owns how they travel:
// addresses, signatures, and what the statuses of HTTP say of a request's fate.
//
//	handoff.Target ─▶ line ─ signed ─▶ POST /ops, POST /batch, GET /ops/KEY, GET /state
package webhook
