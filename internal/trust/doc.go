// Package trust decides whom adapters believe when they connect: which
// authorities may vouch for a server over TLS, and which machine is near enough
// for plain text.
//
//	tls: {ca_file, server_name} ─TLS→ Config ─▶ *tls.Config for a dialer
//	an error of the handshake   ─────▶ Remedy ─▶ what a person can do
//	a host as it is written     ─────▶ Local
//
// Certificates are checked in any case: there is no switch that turns it off.
// Dialing, and what is said on the connection, is left to the adapters.
package trust
