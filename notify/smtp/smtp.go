// Package smtp brings messages by mail: one mail for each person, as text and as HTML,
// with one link that asks for a login. It owns what a mail looks like, how mails about
// one request find together, and which refusal of a server is final.
package smtp

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"birthright/internal/peertext"
	"birthright/internal/trust"
	"birthright/notify"
)

// The values of Options.TLS.
const (
	StartTLS = "starttls"
	Implicit = "tls"
	Plain    = "none"
)

// timeout bounds the connection and each word of the server.
const timeout = 20 * time.Second

// Options make a Channel.
type Options struct {
	Host string
	Port int
	From string
	// Username and Password sign in; "" for not at all.
	Username string
	Password notify.Secret
	// TLS is StartTLS, Implicit or Plain.
	TLS         string
	CAFile, Dir string
	// Domain makes identifiers of mails unlike those of other hubs.
	Domain string
	Now    func() time.Time
	// Timeout replaces 20 seconds; 0 does not.
	Timeout time.Duration
}

// Channel sends mail through one server.
type Channel struct {
	o    Options
	from *netmail.Address
	tls  *tls.Config
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel without connecting.
func New(o Options) (*Channel, error) {
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	conf, err := trust.TLS{CAFile: o.CAFile}.Config(o.Dir, o.Host)
	if err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = timeout
	}
	if o.Domain == "" {
		_, o.Domain, _ = strings.Cut(from.Address, "@")
	}
	return &Channel{o: o, from: from, tls: conf}, nil
}

// Takes implements notify.Channel: mail goes to people.
func (c *Channel) Takes(string) (people, topic bool) { return true, false }

// Fingerprint implements notify.Channel.
func (c *Channel) Fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s:%d", c.o.Host, c.o.Port))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Send implements notify.Channel. Each mail has a connection of its own: they are few,
// and a server that hangs up in the middle of one cannot take others along.
func (c *Channel) Send(ctx context.Context, m notify.Message) (notify.Mark, error) {
	msg, err := c.compose(m)
	if err != nil {
		return notify.Mark{}, &notify.Fault{Err: err, Final: true}
	}
	client, password, err := c.client(ctx)
	if err != nil {
		return notify.Mark{}, err
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // what fails after that concerns the connection alone
		return notify.Mark{}, nil
	}
	return notify.Mark{}, fault(err, password)
}

func (c *Channel) client(ctx context.Context) (client *mail.Client, password string, err error) {
	options := []mail.Option{mail.WithPort(c.o.Port), mail.WithTimeout(c.o.Timeout), mail.WithTLSConfig(c.tls.Clone()), mail.WithoutNoop()}
	switch c.o.TLS {
	case Implicit:
		options = append(options, mail.WithSSL())
	case Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if host, err := os.Hostname(); err == nil {
		options = append(options, mail.WithHELO(host))
	}
	if c.o.Username != "" {
		if password, err = c.o.Password(ctx); err != nil {
			return nil, "", err
		}
		method := mail.SMTPAuthAutoDiscover // of what a secure connection offers
		if c.o.TLS == Plain {
			method = mail.SMTPAuthPlainNoEnc // on this machine only: config sees to it
		}
		options = append(options, mail.WithSMTPAuth(method), mail.WithUsername(c.o.Username), mail.WithPassword(password))
	}
	client, err = mail.NewClient(c.o.Host, options...)
	return client, password, err
}

// fault says what a failure means. A server that refuses the recipient or the mail for
// good ends it; one that refuses the hub itself, or does not answer, may be mended.
func fault(err error, password string) error {
	text := err.Error()
	if password != "" {
		text = strings.ReplaceAll(text, password, "[secret]")
	}
	f := &notify.Fault{Err: errors.New(peertext.Clip(text, 400))}
	var sent *mail.SendError
	if !errors.As(err, &sent) {
		return f
	}
	switch sent.Reason {
	case mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrSMTPDataClose, mail.ErrGetRcpts:
		f.Alone = sent.ErrorCode() >= 400
		f.Final = sent.ErrorCode() >= 500
	}
	return f
}
