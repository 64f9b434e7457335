// Package entrasim is a stand-in for Microsoft Graph's users and groups: pages, filters,
// batches, lists of changes, the error bodies, and the time that Entra takes to copy
// what is new.
//
//	request ─ token ─ budget ─▶ users, groups (Memory, with a log of changes) ─▶ JSON
//	$batch ─▶ each of its requests through Inner, which a test may wrap
//
// What it does is from Microsoft's pages and its OpenAPI description, which the tests of
// targets/entra hold it against. It knows nothing of the adapter.
package entrasim
