// Package webhook posts messages to another program, signed so that it knows whose
// they are (Standard Webhooks). It owns the form of the messages, which is a promise:
// see docs/notify.md.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birthright/internal/httpkit"
	"birthright/internal/trust"
	"birthright/notify"
)

// Version is that of the messages. Fields are added under the same version; anything
// else that changes makes a new one.
const Version = 1

const (
	// timeout bounds one post with its answer.
	timeout = 15 * time.Second
	// mostAnswer bounds an answer, of which nothing is wanted.
	mostAnswer = 64 << 10
)

// Options make a Channel.
type Options struct {
	URL    string
	Secret notify.Secret
	// CAFile is a PEM file with the authorities to trust instead of the machine's, Dir
	// where relative files start.
	CAFile, Dir string
	Now         func() time.Time
}

// Channel posts to one receiver.
type Channel struct {
	o      Options
	client *httpkit.Client
	path   string
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel without connecting.
func New(o Options) (*Channel, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	client, err := httpkit.New(httpkit.Options{
		Base: u.Scheme + "://" + u.Host, Dir: o.Dir, TLS: trust.TLS{CAFile: o.CAFile}, Timeout: timeout, MaxAnswer: mostAnswer, Now: o.Now,
	})
	if err != nil {
		return nil, err
	}
	return &Channel{o: o, client: client, path: path}, nil
}

// Close lets go of idle connections.
func (c *Channel) Close() error {
	c.client.Close()
	return nil
}

// Takes implements notify.Channel: a program hears of everything, once.
func (c *Channel) Takes(string) (people, topic bool) { return false, true }

// Fingerprint implements notify.Channel.
func (c *Channel) Fingerprint() string {
	sum := sha256.Sum256([]byte(c.o.URL))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// event is the form of a message.
type event struct {
	ID        string    `json:"id"`
	Version   int       `json:"version"`
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Actor      string             `json:"actor"`
	Request    any                `json:"request"`
	Grant      any                `json:"grant"`
	Delegation *notify.Delegation `json:"delegation,omitempty"`
	// Review is what is told of a campaign or a report.
	Review notify.Data `json:"review,omitempty"`
	Link   string      `json:"link"`
}

// Send implements notify.Channel.
func (c *Channel) Send(ctx context.Context, m notify.Message) (notify.Mark, error) {
	secret, err := c.o.Secret(ctx)
	if err != nil {
		return notify.Mark{}, err
	}
	key, err := Key(secret)
	if err != nil {
		return notify.Mark{}, err
	}
	e := event{ID: m.ID, Version: Version, Type: m.Kind, Timestamp: m.At.UTC(), Data: data{Actor: m.Actor, Delegation: m.Delegation, Review: m.Data, Link: m.Link}}
	if m.Request != nil {
		e.Data.Request = m.Request
	}
	if m.Grant != nil {
		e.Data.Grant = m.Grant
	}
	body, err := json.Marshal(e)
	if err != nil {
		return notify.Mark{}, &notify.Fault{Err: err, Final: true}
	}
	at := c.o.Now().Unix()
	_, err = c.client.Do(ctx, httpkit.Request{
		Method: http.MethodPost, Path: c.path, Body: body, ContentType: "application/json",
		Header: map[string]string{
			"webhook-id": m.ID, "webhook-timestamp": strconv.FormatInt(at, 10), "webhook-signature": Sign(key, m.ID, at, body),
		},
	})
	return notify.Mark{}, fault(err)
}

// fault says what a refusal means: the receiver may say 410 to hear nothing more, and
// anything else may pass.
func fault(err error) error {
	f := httpkit.AsFailure(err)
	if f == nil {
		return err
	}
	return &notify.Fault{Err: err, RetryAt: f.RetryAt, Gone: f.Status == http.StatusGone, Alone: f.Status/100 == 4 && f.Status != http.StatusTooManyRequests}
}

// Key is the key that a secret stands for: whsec_ and base64, or the text itself.
func Key(secret string) ([]byte, error) {
	encoded, marked := strings.CutPrefix(strings.TrimSpace(secret), "whsec_")
	if !marked {
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return nil, errors.New("the secret begins with whsec_, and what follows is not base64")
	}
	return key, nil
}

// Sign returns the header webhook-signature.
func Sign(key []byte, id string, at int64, body []byte) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", id, at)
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
