// Package pagerduty reads who is on call, and whose incidents are open, from
// PagerDuty's REST API, version 2.
//
//	GET /schedules ─▶ numbers of the schedules that are named   (where some are)
//	GET /oncalls   ─▶ shifts, from now to the horizon
//	GET /incidents ─▶ tickets: open incidents, by service       (tickets: true)
//	      └ page after page; facts are told when the last one was read
//
// It only reads: a read-only key is enough. What a shift or a ticket gives is for
// the policy to say.
package pagerduty
