// Package console is the pages of the hub: for now the one behind the link that people
// get who are asked to decide.
//
//	GET  /requests/{id}   who asks, for what, why; what they hold; the votes so far
//	POST /requests/{id}   approve or deny: one transaction of the desk, then what came of it
//	GET  /login           a personal token opens a session, until there is single sign-on
//
// A session is a random id in a cookie, known to this process alone, for eight hours. Its
// token is looked at again with every request, so that revoking it ends the session.
// Pages need no script and are allowed none.
//
// What it leaves to others: who may see and decide (the desk), who acts with a token
// (tokens/holder).
package console
