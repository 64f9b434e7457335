// Package ratelimit keeps what we send within what a system allows: one bucket of
// tokens for each credential and scope, which the answers' own words correct.
//
//	Limit (a vendor's page) ─┐
//	Reading (an answer)  ────┼─▶ Bucket ─ Take ─▶ now, or the time to come back
//	429 until               ─┘
//
// A bucket never lets more through in any window than the limit says, so that
// whoever keeps to it is never told to wait by the system. It holds a part back
// for what takes access away: a leaver does not wait behind a first load.
package ratelimit
