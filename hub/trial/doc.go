// Package trial tries a policy before it is in force: on the people of a directory or
// of a file, as they are or as they would be.
//
//	two policies, or moves of people ─▶ Try ─▶ Tried ─View─▶ Outcome   who gains and loses what
//	somebody who is not like that    ─▶ Suppose ─▶ Supposed ─▶ Person  what they would get
//	one policy                       ─▶ Judge ─▶ Verdict               is it right
//	                                    Test  ─▶ Tested                do its tests hold
//
// Nothing is changed by any of it. Outcome, Person, Verdict and Tested are what programs
// read: the API answers with them and the commands print them.
//
// What it leaves to others: what a policy gives (rules), what a difference comes to
// (rules/impact), what looks wrong (rules/analysis), who may try (hub).
package trial
