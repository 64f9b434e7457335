// Package okta syncs to an Okta organisation: accounts are its users, entitlements
// its groups.
//
//	Target ─▶ okta-sdk-golang ─▶ wire ─▶ httpkit.Client ─▶ Okta
//	            paths, JSON       │        credentials, limits, recording
//	                              └ one answer or one *httpkit.Failure, asked once
//
// The SDK knows the API; the kit decides what is sent, when and with which
// credentials, so that the SDK's own retries, cache and settings never act. What Okta
// itself fills (rules, imports, its own groups) is shown and left alone. oktasim is
// the stand-in for `simulate: true` and for tests.
package okta
