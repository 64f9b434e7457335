// Package client talks to a running hub: it has the methods of hub.Hub and of the desks,
// and carries each of them out as a call of the API.
//
//	method(ctx, actor, …) ─▶ /api/v1/… with a token ─▶ the same views, or the same kinds of error
//
// A command that is written against these methods works on the machine with the database
// and from anywhere else. Who acts is what the token says: the actor that the methods take
// is for those who have a database, and is not looked at here.
package client
