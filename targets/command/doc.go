// Package command hands access over to an executable of the user's own, which speaks
// the protocol of package handoff in lines of JSON: calls on its standard input,
// answers on its standard output. It owns how the process is run: its arguments,
// never a shell; its environment; its time and output; and its end, with all that it
// started.
//
//	handoff.Target ─▶ line ─ one process a call ─▶ {"apply": …}\n … ─▶ {"outcome": …}\n …
package command
