// Package console is the web pages: what people open every day to see what they have, to
// ask, to decide, and to look after the hub.
//
//	request ─▶ known: the session's cookie → visitor (who acts, as of now)
//	        ─▶ form:  a POST must bring the token of its form
//	        ─▶ one handler of one concern ─▶ hub, desk, reviews ─▶ view
//	        ─▶ show:  the view in the frame (navigation by what the visitor may do)
//
// A concern is one Go file and its templates in pages/: a handler gets the request and
// the visitor and returns a view, or an error that becomes a page. Handlers of forms
// return where to go next and what to say there, so that a reload repeats nothing.
//
// Pages work without JavaScript; the scripts in assets/ make them quicker. Nothing comes
// from elsewhere, and the Content-Security-Policy says so.
//
// What it leaves to others: who may do what (rights and grants/approval, behind the hub
// and the desks), who somebody is (signing in).
package console
