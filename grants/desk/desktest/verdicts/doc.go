// Package verdicts generates who may do what with requests and grants: everybody × every
// call × every relation to what it is about × the state that it is in × the state that
// people are in. Every cell of it is tried through a door, which is the API or the console.
//
//	shapes × askings × objects ─▶ things ─┐
//	                  everybody × calls ──┴▶ cells ─▶ Want, from docs/requests.md
//	                                              └─▶ Door, the real thing
//
// What is wanted is written down plainly and knows nothing of how the hub decides: no line
// of it asks the program.
package verdicts
