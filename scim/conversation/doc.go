// Package conversation plays what an identity provider says to a SCIM server, as
// written down in a text file, and tells where the server answers otherwise.
//
//   - header User-Agent: Okta SCIM Client 1.0.0
//
//   - var ada = ada-{suffix}@example.com
//
//     # Okta, "Create users": whoever is assigned is looked for first.
//     > GET /Users?filter=userName eq "{ada}"&startIndex=1&count=100
//     < 200
//     < $.totalResults = 0
//
//     # Okta, "Create users".
//     > POST /Users
//     {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{ada}"}
//     < 201
//     < {id} = $.id
//
// A line beginning with ">" is a request or a header of it; what follows up to
// the first "<" is its body, in which {names} stand for what was captured or set.
// Addresses are written plainly and escaped when they are sent. Lines beginning
// with "<" say what is expected:
//
//	< 200 or 204                    the status
//	< header Location ~ /Users/     a header that matches a regular expression
//	< $.name = {"familyName":"B"}   the value has this shape (see package shape)
//	< $.emails[type=work].value = "x"
//	< $.title absent                there is no such value
//	< $.Resources contains {"id":"{id}"}   a list has an element of this shape
//	< $.totalResults >= 1           a number is at least this
//	< $.meta.version ~ ^W/          a text matches a regular expression
//	< {id} = $.id                   keep a text for later
//
// Settings begin with "*": profile names the provider, header is sent with every
// request, var sets a name ({suffix} is each playing's own), alone asks for a
// directory that nobody else uses.
//
// Every exchange has a comment that says where the shape of the request is from.
//
//	file ─▶ Parse ─▶ Script ─▶ Player.Play ──HTTP──▶ server
//	                               └─▶ first deviation: file:line, what was sent, what came back
//
// A Player can also send every write twice, as a client does that lost an answer:
// then the state after the second time must be that after the first.
package conversation
