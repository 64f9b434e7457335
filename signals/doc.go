// Package signals decides what other systems are told when somebody is no longer
// to be let in, and in which words: security event tokens (RFC 8417) of the
// profiles CAEP, RISC and SCIM (RFC 9967).
//
//	Standing before ┐
//	Standing after  ┴→ Follow → events ┐
//	Receiver (what it takes, how it knows people) ┴→ Change.Signals → one Signal for each receiver and event
//	                                                                        │ kept, until it is delivered
//	                                              Claims(payload, issuer …) ◀┘ → what is signed
//
// It is pure. That a signal is written in the same transaction as the change is
// the intake's business; signing is package signing's, delivery package
// delivery's.
package signals
