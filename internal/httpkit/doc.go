// Package httpkit is what adapters for REST systems share: one authorised HTTP
// client that is careful with secrets, sizes and time, and a failure that says
// whether the request can have had an effect.
//
//	Request ─▶ Client.Do ─┬─▶ Response (2xx, whole body within MaxAnswer)
//	                      └─▶ *Failure{Kind, Sent, Status, RetryAt} ─▶ Result (for targets)
//
// An SDK sends its own requests through Client.RoundTripper, under the same limits.
//
// It never retries, never follows a redirect (credentials would travel along),
// and keeps the secret out of every error. What the bodies mean is the
// adapter's business; pacing and retrying is the engine's.
package httpkit
