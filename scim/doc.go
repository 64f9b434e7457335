// Package scim is the inbound SCIM 2.0 front door (RFC 7643, 7644): identity
// providers push people and groups through it. HTTP becomes nouns, nothing more:
//
//	request → recover → token → route (404, 405, 501) → body (413, 415, strict JSON)
//	        → users or groups: Document ⇄ identity.Record → Intake, Directory → answer
//
// A SCIM User of a source is an identity.Record, its id the record's; a client
// sees its own source only. What the client sent is kept whole as the record's
// Payload and said back; what the hub needs of it is mapped to attributes, see
// mapping.go. Who a record belongs to, what follows from it and how it is kept are
// the intake's and the directory's.
//
// Subpackages: filter (the expression language), resource (schemas, documents,
// matching), patch (PATCH), fault (errors), backing (the store and the intake
// behind this door). Schemas, their validation and the error shape are those of
// github.com/elimity-com/scim; its filter and path parsers and its router are not
// used, because a client's filter can end the process there.
package scim
