package config

import (
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/trust"
	"birthright/signals"
	"birthright/signals/signing"
)

// Signals is who hears at once that somebody was deactivated or deleted.
type Signals struct {
	// Issuer is the URL that events are signed as coming from. The default is
	// server.public_url.
	Issuer string `yaml:"issuer"`
	// Algorithm is that of the key which the hub makes for itself: ES256, the
	// default, or RS256.
	Algorithm string `yaml:"algorithm"`
	// SigningKey is a private key in PEM form to use instead; its kind decides the
	// algorithm.
	SigningKey secret.Ref `yaml:"signing_key"`
	// Receivers are told, in the order of the file.
	Receivers []Receiver `yaml:"receivers"`
}

// The values of Receiver.Delivery.
const (
	DeliveryPush = "push"
	DeliveryPoll = "poll"
)

// Receiver is one system that is told.
type Receiver struct {
	// Name identifies the receiver: written like a source's name. What a renamed
	// one was owed is no longer delivered.
	Name string `yaml:"name"`
	// Delivery is push, to URL, or poll, by the receiver at /signals/poll/NAME.
	Delivery string `yaml:"delivery"`
	// URL is where events are pushed: https, or http on this machine.
	URL string `yaml:"url"`
	// Token is sent as a bearer token.
	Token secret.Ref `yaml:"token"`
	// Headers are sent with every push.
	Headers []httpkit.Header `yaml:"headers"`
	// TLS says whom to trust.
	TLS trust.TLS `yaml:"tls"`
	// Audience is the aud claim: who the events are for.
	Audience string `yaml:"audience"`
	// Events are what it is told. The default is everything that ends access.
	Events []string `yaml:"events"`
	// Subject says how the receiver knows people.
	Subject Subject `yaml:"subject"`
}

// Subject says how a receiver knows people, in events that are not SCIM's.
type Subject struct {
	// Format is email (the default), iss_sub or opaque (RFC 9493).
	Format string `yaml:"format"`
	// Issuer is who gave the name that iss_sub tells. The default is
	// signals.issuer.
	Issuer string `yaml:"issuer"`
	// Attribute holds the name. The default is email for email, userName for
	// iss_sub, and the hub's own identifier for opaque.
	Attribute string `yaml:"attribute"`
}

// receivers takes over the list, which viper is kept away from because people
// name its entries.
func (l *loader) receivers(list []Receiver) {
	for i := range list {
		r := &list[i]
		l.overrideElement("signals.receivers", receiverPath(i), r.Name, r, noKind{})
	}
	l.cfg.Signals.Receivers = list
}

// noKind stands for the settings of a kind where an element has no kinds.
type noKind struct{}

// Validate implements validated.
func (noKind) Validate() []error { return nil }

// deriveSignals fills in what follows from other settings. Without receivers
// there is nothing to fill in.
func (c *Config) deriveSignals() {
	s := &c.Signals
	if len(s.Receivers) == 0 {
		return
	}
	if s.Issuer == "" {
		s.Issuer = c.Server.PublicURL
	}
	if s.Algorithm == "" && s.SigningKey.IsZero() {
		s.Algorithm = signing.ES256
	}
	for i := range s.Receivers {
		r := &s.Receivers[i]
		if r.Events == nil {
			for _, e := range signals.Usual() {
				r.Events = append(r.Events, string(e))
			}
		}
		if r.Subject.Format == "" {
			r.Subject.Format = signals.FormatEmail
		}
		if r.Subject.Issuer == "" {
			r.Subject.Issuer = s.Issuer
		}
	}
}
