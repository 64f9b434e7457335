// Package provider is the conversation with the company's OpenID Connect provider: it
// sends people there, asks what came of it, and believes nothing that is not proven.
//
//	Begin ─▶ the provider's page ─▶ Finish: code ─▶ token endpoint ─▶ ID token ─▶ Identity
//	LeaveURL ─▶ logout there (RP-Initiated Logout)       LoggedOut ◀─ back-channel logout
//
// The code flow with PKCE (RFC 7636, S256 alone), state, nonce and the issuer of the
// answer (RFC 9207) tie an answer to the browser that asked. What the provider offers is
// asked when it is first needed and once an hour: the hub starts, and lets people in by
// other ways, while the provider is down.
//
// What it leaves to others: which user somebody is (signin), cookies and pages (console).
package provider
