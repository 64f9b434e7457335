package config

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"birthright/grants"
	"birthright/internal/strictyaml"
	"birthright/internal/trust"
	"birthright/reviews"
)

func channelPath(i int) string { return strictyaml.Index("notify", i) }

func (l *loader) checkNotify() {
	seen := map[string]string{}
	slack := ""
	for i := range l.cfg.Notify {
		c, path := &l.cfg.Notify[i], channelPath(i)
		l.checkName(path+".name", c.Name, "channel", seen)
		l.checkNoticeKinds(path+".events", c.Events)
		switch c.Kind {
		case "":
			l.fault(path+".kind", "missing; the kinds are smtp, slack, teams, webhook")
		case ChannelSMTP:
			l.checkMail(path, c)
		case ChannelSlack:
			l.checkSlack(path, c)
			if slack != "" {
				l.fault(path+".kind", "%s is a Slack app already; a hub has one, because Slack calls it at /slack/…", slack)
			}
			slack = c.Name
		case ChannelTeams:
			if c.Webhook.IsZero() {
				l.fault(path+".webhook", "missing; it is the address of a workflow in Teams that takes webhook requests, for example env:TEAMS_WEBHOOK")
			}
		case ChannelWebhook:
			l.checkWebhook(path, c)
		default:
			l.checkOneOf(path+".kind", c.Kind, ChannelSMTP, ChannelSlack, ChannelTeams, ChannelWebhook)
		}
		l.checkOthersKeys(path, c)
	}
	l.checkLinks()
}

// checkLinks warns where people elsewhere are sent links to this machine.
func (l *loader) checkLinks() {
	u, err := url.Parse(l.cfg.Server.PublicURL)
	if err != nil || !trust.Local(u.Hostname()) {
		return
	}
	for i := range l.cfg.Notify {
		if l.cfg.Notify[i].elsewhere() {
			l.warn(channelPath(i), "its messages link to %s, which leads people to their own machine: set server.public_url", l.cfg.Server.PublicURL)
			return
		}
	}
}

// elsewhere reports whether a channel leads away from this machine.
func (c *Channel) elsewhere() bool {
	address := map[string]string{ChannelSMTP: "//" + c.Host, ChannelSlack: c.APIURL, ChannelWebhook: c.URL, ChannelTeams: "//teams"}[c.Kind]
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && !trust.Local(u.Hostname())
}

// checkNoticeKinds wants kinds of notice, or beginnings of them with a star.
func (l *loader) checkNoticeKinds(path string, events []string) {
	kinds := append(grants.Notices(), reviews.Notices()...)
	if events != nil && len(events) == 0 {
		l.fault(path, "empty; leave it out for everything, or name some of %s", strings.Join(kinds, ", "))
	}
	for i, e := range events {
		at := strictyaml.Index(path, i)
		family, star := strings.CutSuffix(e, "*")
		switch near := strictyaml.Nearest(e, kinds); {
		case slices.Contains(events[:i], e):
			l.fault(at, "%q is in the list twice", e)
		case star && slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(k, family) }), slices.Contains(kinds, e):
		case near != "":
			l.fault(at, "there is no event %q; did you mean %q?", e, near)
		default:
			l.fault(at, "there is no event %q; the events are %s", e, strings.Join(kinds, ", "))
		}
	}
}

func (l *loader) checkMail(path string, c *Channel) {
	if c.Host == "" || strings.ContainsAny(c.Host, " /@:\t\r\n") {
		l.fault(path+".host", "%q is not the name of a mail server, such as smtp.example.com", c.Host)
	}
	if c.Port < 1 || c.Port > 65535 {
		l.fault(path+".port", "%d is not a port from 1 to 65535", c.Port)
	}
	if c.From == "" {
		l.fault(path+".from", "missing; it is the sender, for example Birthright <access@example.com>")
	} else if _, err := mail.ParseAddress(c.From); err != nil {
		l.fault(path+".from", "%q is not an address such as Birthright <access@example.com>", c.From)
	}
	l.checkOneOf(path+".tls", c.TLS, MailStartTLS, MailTLS, MailPlain)
	switch {
	case c.Username == "" && !c.Password.IsZero():
		l.fault(path+".password", "set without a username; set both or neither")
	case c.Username != "" && c.Password.IsZero():
		l.fault(path+".username", "set without a password; set both or neither")
	case c.Username != "" && c.TLS == MailPlain && !trust.Local(c.Host):
		l.fault(path+".tls", "the password would travel in the clear; use starttls or tls")
	}
}

func (l *loader) checkSlack(path string, c *Channel) {
	if c.Token.IsZero() {
		l.fault(path+".token", "missing; it is the bot token of the app at Slack, xoxb-…")
	}
	if c.SigningSecret.IsZero() {
		l.fault(path+".signing_secret", "missing; it stands under Basic Information of the app at Slack")
	}
	l.checkHTTPS(path+".api_url", c.APIURL, "https://slack.com/api/", "the token would travel in the clear")
}

func (l *loader) checkWebhook(path string, c *Channel) {
	if c.URL == "" {
		l.fault(path+".url", "missing; it is where messages are posted, for example https://hooks.example.com/access")
	} else {
		l.checkHTTPS(path+".url", c.URL, "https://hooks.example.com/access", "who asks for what would travel in the clear")
	}
	if c.Secret.IsZero() {
		l.fault(path+".secret", "missing; the receiver knows by it that a message is the hub's: whsec_ and base64, or any text")
	}
}

// checkOthersKeys refuses keys that belong to another kind.
func (l *loader) checkOthersKeys(path string, c *Channel) {
	for _, key := range []struct {
		name, kinds string
		set         bool
	}{
		{"ca_file", "smtp teams webhook", c.CAFile != ""},
		{"host", "smtp", c.Host != ""}, {"port", "smtp", c.Port != 0}, {"from", "smtp", c.From != ""}, {"username", "smtp", c.Username != ""},
		{"password", "smtp", !c.Password.IsZero()}, {"tls", "smtp", c.TLS != ""},
		{"token", "slack", !c.Token.IsZero()}, {"signing_secret", "slack", !c.SigningSecret.IsZero()}, {"channel", "slack", c.Channel != ""},
		{"api_url", "slack", c.APIURL != ""}, {"webhook", "teams", !c.Webhook.IsZero()}, {"url", "webhook", c.URL != ""}, {"secret", "webhook", !c.Secret.IsZero()},
	} {
		known := slices.Contains([]string{ChannelSMTP, ChannelSlack, ChannelTeams, ChannelWebhook}, c.Kind)
		if key.set && known && !slices.Contains(strings.Fields(key.kinds), c.Kind) {
			l.fault(path+"."+key.name, "a channel of kind %s has none; it is for %s", c.Kind, strings.Join(strings.Fields(key.kinds), " and "))
		}
	}
}
