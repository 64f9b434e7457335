// Package campaign says what a campaign looks at, who may decide on it, and what
// decisions come to.
//
//	Scope + who holds what + People ─Generate─▶ items with facts and advice, panels
//	Panel + Crowd ─Asked─▶ the first people of whom somebody can decide
//	user × item × panel ─Stand─▶ in whose place, or why not
//	decisions ─Judge─▶ the outcome, or the stage that it waits in
//	Actor × Verb × Relation ─May─▶ yes, or why not
//
// It keeps nothing and reads no clock; who people are comes in as answers from one
// snapshot. Who is asked is written down when a campaign starts, as terms, and whom a
// term names is looked at again with every decision: whoever has left, or no longer is
// in the group that is asked, decides nothing.
//
// What it leaves to others: keeping, telling and carrying out (reviews/desk).
package campaign
