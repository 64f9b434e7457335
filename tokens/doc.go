// Package tokens makes and checks the bearer tokens that other programs show
// when they speak to the hub: a SCIM client, or a program that uses the API. It
// does the same for the clients that get such tokens by OAuth.
//
// It owns the format and the check; who keeps tokens and clients, and what a
// valid one may do, is left to others. A token is shown once and stored as a hash:
//
//	New → plain "br_ID_SECRET", shown once      → the client
//	    → Token{ID, Source, Hash, ExpiresAt, …} → the store
//
//	request → Parse(plain) → ID → the store's Token → Token.Verify(plain, now)
//
// A client looks like a token, and makes tokens that end with it at the latest:
//
//	NewClient → secret "brs_SECRET", shown once        → the client
//	          → Client{ID "brc_…", Source, Hash, …}    → the store
//
//	request → client_id → the store's Client → Client.Verify(secret, now) → Client.Issue
//
// A secret has 256 random bits, so one round of SHA-256 is enough to keep it.
package tokens
