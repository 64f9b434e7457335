// Package live is what happens in this process at this moment, for those who watch: runs
// that begin and end, how far they are, what became of changes, what was held.
//
//	a run ─▶ Feed.Tell ─▶ the last events, bounded ─▶ Watcher ─▶ Serve: server-sent events
//
// It is for watching and nothing else: an event may be lost, whoever reads too slowly is
// let go, and nothing that happens waits for a watcher. What is true stands in the store.
//
// What it leaves to others: who may watch (hub), what is worth telling (app wires runs to
// it), where streams are served (api, console).
package live
