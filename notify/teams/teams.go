// Package teams posts messages into a channel or chat of Microsoft Teams through a
// workflow that takes webhook requests: one Adaptive Card for each, whose button is a
// link to the page where somebody who has logged in decides. It owns what the card looks
// like, and keeps the workflow's address, which is a secret, out of every message.
package teams

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"birthright/internal/httpkit"
	"birthright/internal/trust"
	"birthright/notify"
)

const (
	// timeout bounds one post with its answer.
	timeout = 15 * time.Second
	// mostAnswer bounds an answer, of which nothing is wanted.
	mostAnswer = 64 << 10
)

// Options make a Channel.
type Options struct {
	// Address is that of the workflow. Whoever knows it may post.
	Address notify.Secret
	// Reference names where the address is kept; it is no secret.
	Reference string
	// CAFile is a PEM file with the authorities to trust instead of the machine's, Dir
	// where relative files start.
	CAFile, Dir string
	Now         func() time.Time
}

// Channel posts to one workflow.
type Channel struct {
	o Options

	mu     sync.Mutex
	known  string // the address that client is for
	client *httpkit.Client
	path   string
	query  url.Values
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel without connecting.
func New(o Options) *Channel { return &Channel{o: o} }

// Close lets go of idle connections.
func (c *Channel) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		c.client.Close()
	}
	return nil
}

// Takes implements notify.Channel: a channel hears of everything that it is set to,
// once, and nobody in person.
func (c *Channel) Takes(string) (people, topic bool) { return false, true }

// Fingerprint implements notify.Channel.
func (c *Channel) Fingerprint() string {
	sum := sha256.Sum256([]byte(c.o.Reference))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Send implements notify.Channel.
func (c *Channel) Send(ctx context.Context, m notify.Message) (notify.Mark, error) {
	address, err := c.o.Address(ctx)
	if err != nil {
		return notify.Mark{}, err
	}
	body, err := json.Marshal(post(m))
	if err != nil {
		return notify.Mark{}, &notify.Fault{Err: err, Final: true}
	}
	client, request, err := c.reach(strings.TrimSpace(address))
	if err != nil {
		return notify.Mark{}, err
	}
	request.Method, request.Body, request.ContentType = http.MethodPost, body, "application/json"
	_, err = client.Do(ctx, request)
	return notify.Mark{}, fault(err, request)
}

// reach returns the client for an address, which may have been renewed.
func (c *Channel) reach(address string) (*httpkit.Client, httpkit.Request, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil || c.known != address {
		if err := c.connect(address); err != nil {
			return nil, httpkit.Request{}, err
		}
	}
	return c.client, httpkit.Request{Path: c.path, Query: c.query}, nil
}

func (c *Channel) connect(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return errors.New("the webhook is no address such as https://HOST/workflows/…")
	case u.Scheme != "https" && (u.Scheme != "http" || !trust.Local(u.Hostname())):
		return fmt.Errorf("the webhook at %s is not https: who asks for what would travel in the clear", u.Host)
	}
	client, err := httpkit.New(httpkit.Options{
		Base: u.Scheme + "://" + u.Host, Dir: c.o.Dir, TLS: trust.TLS{CAFile: c.o.CAFile}, Timeout: timeout, MaxAnswer: mostAnswer, Now: c.o.Now,
	})
	if err != nil {
		return err
	}
	if c.client != nil {
		c.client.Close()
	}
	c.known, c.client, c.path, c.query = address, client, "/"+strings.TrimLeft(u.EscapedPath(), "/"), u.Query()
	return nil
}

// fault says what a refusal means, without the address: a workflow that is switched off
// or was deleted may be switched on again, so nothing but a card that it will not have
// concerns this message alone.
func fault(err error, sent httpkit.Request) error {
	f := httpkit.AsFailure(err)
	if f == nil {
		return err
	}
	text := strings.ReplaceAll(err.Error(), sent.Path, "/…")
	if signature := sent.Query.Get("sig"); signature != "" {
		text = strings.ReplaceAll(text, signature, "…")
	}
	tooMuch := f.Status == http.StatusRequestEntityTooLarge
	return &notify.Fault{Err: errors.New(text), RetryAt: f.RetryAt, Alone: tooMuch, Final: tooMuch}
}
