// Package signin is who may come in to the console, and for how long: by the company's
// OpenID Connect provider, by a link that works once, or by a personal token.
//
//	claims of the provider ─┐
//	a one-time link         ─┼─▶ Service.By… ─▶ Session (cookie: random; store: its hash)
//	a personal token        ─┘                      │
//	                        every request ─▶ Service.Visit ─▶ who acts, or no session any more
//
// A session is looked at with every request, and so is whoever it is of: it ends at once
// when they are not active any more, when a role is gone that a group of the hub gave
// them, when its token was revoked, and when its time is over. Begin and end are in the
// audit log, and so is who was refused.
//
// What it leaves to others: what the provider is asked and whether its answer is genuine
// (signin/provider), pages and cookies (console), rows (signin/backing).
package signin
