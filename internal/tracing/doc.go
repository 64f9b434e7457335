// Package tracing follows one change through the hub: the request or import that told of
// it, the rules that were asked about it, the targets that it reached.
//
//	Tracer.Serve, Tracer.Start ─▶ Start ─▶ Start …        one piece of work within another
//	        └─ Place ─▶ (a note in the work queue) ─▶ Tracer.Follow
//
// A change is worked off later than it was told of, perhaps by another replica. What ties
// the two together is a Place, a line of text that is kept with the note in the queue.
//
// A Span says nothing about people. It has a method for each thing that may be said: names
// of sources and targets, ids of runs, requests and changes, kinds, outcomes and counts.
// There is none for text at large, so that nobody passes a name by mistake.
//
// The nil *Tracer and the nil *Span do nothing, at no cost: nobody has to ask whether
// there is a collector. What sends spans to one is package otlp; nothing but app knows it.
package tracing
