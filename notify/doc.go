// Package notify tells people what became of requests and grants: who must decide,
// who has been given what and until when, what was taken back.
//
//	notices ─spread─▶ deliveries ─lane─▶ Channel.Send ┬ there: forgotten, or remembered as posted
//	(written by        channel × person               ├ fault: again, after growing pauses, for 3 days
//	 whoever made      channel × topic                └ final: given up, logged and counted
//	 it true)          channel × what it posted ─▶ Updater.Update
//
// A notice is a row that somebody else has written together with what it tells of.
// So nothing here can hold up a request, a grant or its end: with every channel down
// there are only more rows. A message is not access, and may be given up.
//
// Spreading a notice drops it and adds its deliveries in one transaction; deliveries
// are leased. Of several replicas on one database each tells different people, and one
// that dies leaves its share to the others. A message can come twice where the answer
// to it was lost, and never under two names: its ID stays the same.
//
// What a notice says in words is decided once, in words.go, for all channels. Each
// channel is a package of its own and escapes for its own medium.
package notify
