// Package walls keeps the house in shape: who may import whom, what code must
// not do, and that nothing of one machine ends up in what everybody gets.
//
//	module folder ─Read→ Tree (files with imports and calls)
//	                       ├─ Walls    a file × an import it may not have → Breach
//	                       ├─ Manners  a file × a call it may not make    → Breach
//	                       └─ Traces   a line × a machine's own path      → Breach
//
// Each wall has its reason in the message, and a planted violation in the tests
// that shows it can fall. To put up a new one, add it to Walls and plant against
// it; the tests fail while one of the two is missing.
//
// The package reads source text only. It is used by its own tests, which run
// over the whole module, and by nothing else.
package walls
