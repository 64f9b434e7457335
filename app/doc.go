// Package app is the program as a value: it wires configuration, store, policy,
// sources, targets and the loops together, and is the only place that does.
//
//	Options ─▶ Prepare ─▶ Connect ─▶ Import, Runner.Plan, Sync …   (a command)
//	                         └─────▶ Start ─▶ Stop                        (the server)
//
// Prepare touches nothing, Connect the database and nothing else; Start listens, on port 0 if a
// test says so, and Stop ends everything in the reverse order. Nothing here
// decides anything about people or access.
package app
