// Package slack is the hub's app in Slack: people ask for access, decide and give back
// where they talk anyway.
//
//	deliveries ─▶ Send, Update ─▶ direct messages with buttons, kept up to date
//	/access, buttons, forms ─▶ Mount ─ signed? fresh? new? ─ who? ─▶ the desk, as that user
//
// It owns how Slack's words become calls of the desk and back. It decides nothing: what a
// person may do is the desk's business, at the moment of the click.
//
// # Who somebody is
//
// A person in Slack is the user with the same e-mail address. The address is believed
// because the workspace vouches for it, so nobody of another workspace (Slack Connect) is
// anybody here, and no bot.
//
// # Signed, fresh, once
//
// A request bears an HMAC over its time and text. slack-go's verifier looks at the
// machine's clock; here time comes in from outside, so the scheme is written out. A
// request is taken once: signatures are remembered in the store for longer than a
// request is fresh, so that a recorded one helps at no replica. That approving twice
// changes nothing would not be enough: asking twice after a cancellation does.
//
// Slack waits three seconds. What may take longer is acknowledged and done afterwards.
package slack
