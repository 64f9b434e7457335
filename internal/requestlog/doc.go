// Package requestlog tells of each HTTP request that was answered: one line for people,
// one figure for whoever counts, and an id that the client gets back and can name when
// something went wrong.
//
//	request ─▶ Handler ─▶ everything that is served
//	             └─▶ Observe(Request{Route, Status, Took …}), one line of log
//
// A route is told by its pattern, "GET /people/{name}", never by the path that was asked
// for: paths and queries name people. Whoever routes by itself below the server's mux
// says by Name which pattern it chose.
package requestlog
