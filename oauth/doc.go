// Package oauth is the second way in, beside tokens that people make: a program
// that was made a client exchanges what it is known by for a token that lasts an
// hour (RFC 6749 section 4.4, client credentials).
//
//	POST /oauth/token → form (invalid_request) → grant (unsupported_grant_type)
//	       → credentials → identify (invalid_client) → scope (invalid_scope)
//	       → tokens.Client.Issue → Clients.Keep → access_token
//	GET /.well-known/oauth-authorization-server → where and how (RFC 8414)
//
// A client is known by its secret, in an Authorization header or in the form, or
// by a signature with a key whose public half was registered (private_key_jwt,
// RFC 7523). Nothing here tells a client that is not known from one whose secret
// is wrong, neither by what it answers nor by how long that takes; the log does.
//
// What is given is a token like any other, so that the front door has one way to
// check them. Package tokens owns the format and the checks, the package backing
// below keeps clients and tokens; how SCIM looks is not known here. JOSE is that
// of github.com/go-jose/go-jose, which nobody else needs to know.
package oauth
