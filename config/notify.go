package config

import (
	"birthright/grants"
	"birthright/internal/secret"
)

// The values of Channel.Kind.
const (
	ChannelSMTP    = "smtp"
	ChannelSlack   = "slack"
	ChannelWebhook = "webhook"
	ChannelTeams   = "teams"
)

// The values of Channel.TLS.
const (
	MailStartTLS = "starttls"
	MailTLS      = "tls"
	MailPlain    = "none"
)

// Channel is one way in which people are told about requests and grants.
type Channel struct {
	// Name identifies the channel: written like a source's name. What a renamed
	// one had still to bring is not brought any more.
	Name string `yaml:"name"`
	// Kind is smtp, slack, teams or webhook.
	Kind string `yaml:"kind"`
	// Events are what is told by it, such as request.waiting or glass.*; the
	// default is everything; for teams, what somebody must act upon.
	Events []string `yaml:"events"`
	// CAFile is a PEM file with the authorities to trust instead of those of the
	// machine.
	CAFile string `yaml:"ca_file"`

	// Host and Port are the mail server; the default port is 587, or 465 for tls.
	Host string `yaml:"host"`
	Port int    `yaml:"port"`
	// From is the sender: an address, with or without a name.
	From string `yaml:"from"`
	// Username and Password are how the hub signs in at the mail server; neither
	// for not at all.
	Username string     `yaml:"username"`
	Password secret.Ref `yaml:"password"`
	// TLS is starttls (the default), tls, or none, which is for this machine only.
	TLS string `yaml:"tls"`

	// Token is the app's bot token at Slack, SigningSecret what Slack signs its
	// requests with.
	Token         secret.Ref `yaml:"token"`
	SigningSecret secret.Ref `yaml:"signing_secret"`
	// Channel is the Slack channel for what everybody should see, such as a broken
	// glass; empty for none.
	Channel string `yaml:"channel"`
	// APIURL is where Slack's API is. The default is https://slack.com/api/.
	APIURL string `yaml:"api_url"`

	// Webhook is the address of the workflow that posts into Microsoft Teams. Whoever
	// knows it can post.
	Webhook secret.Ref `yaml:"webhook"`

	// URL is where a webhook's messages are posted: https, or http on this machine.
	URL string `yaml:"url"`
	// Secret is what they are signed with.
	Secret secret.Ref `yaml:"secret"`
}

// TeamsEvents is what a channel of Microsoft Teams hears unless told otherwise: what
// somebody must act upon, for it is many who read it.
func TeamsEvents() []string {
	return []string{grants.NoticeWaiting, grants.NoticeEscalated, "glass.*", grants.NoticeOverdue}
}

// channels takes over the list of channels.
func (l *loader) channels(list []Channel) {
	for i := range list {
		c := &list[i]
		l.overrideElement("notify", channelPath(i), c.Name, c, noKind{})
	}
	l.cfg.Notify = list
}

// deriveChannels fills in what follows from other settings.
func (c *Config) deriveChannels() {
	for i := range c.Notify {
		ch := &c.Notify[i]
		if ch.Kind == ChannelSlack && ch.APIURL == "" {
			ch.APIURL = "https://slack.com/api/"
		}
		if ch.Kind == ChannelTeams && ch.Events == nil {
			ch.Events = TeamsEvents()
		}
		if ch.Kind != ChannelSMTP {
			continue
		}
		if ch.TLS == "" {
			ch.TLS = MailStartTLS
		}
		if ch.Port == 0 {
			ch.Port = 587
			if ch.TLS == MailTLS {
				ch.Port = 465
			}
		}
	}
}
