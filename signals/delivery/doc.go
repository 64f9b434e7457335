// Package delivery brings security events to those who are owed them: pushed
// over HTTP (RFC 8935), or handed out to who polls (RFC 8936).
//
//	signals table ─▶ Transmitter.Run ─ one lane a receiver: claim → sign → push ┬ 202: forgotten
//	     ▲  │                                                                   ├ 400 with a verdict: kept, refused
//	     │  │                                                                   └ else: tried again, for ever
//	     │  └──────▶ POST /signals/poll/NAME: acknowledge → offer → sign
//	  the intake     GET  /signals/jwks.json, /.well-known/ssf-configuration
//	  (Bell: rung after its commit)
//
// It owns how often and in which order is tried, and what counts as delivered.
// Which events there are, and that they are noted with the change that they tell
// of, is settled before: packages signals and intake.
//
// # Order and doubles
//
// A lane holds the lock signals:RECEIVER while it delivers and goes by the order
// in which the signals were noted, so that of several replicas one delivers, in
// order. A signal whose attempt failed lets those behind it pass if they get
// through: one that the receiver cannot digest keeps nobody else back. When the
// answer to a push is lost, the same token is sent again: its jti is the same.
package delivery
