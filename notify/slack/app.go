package slack

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"birthright/grants/desk"
	"birthright/notify"
)

// Register is what the app asks about users and past requests.
type Register interface {
	ByEmail(ctx context.Context, email string) (userName string, err error)
	Seen(ctx context.Context, mark string, within time.Duration) (before bool, err error)
}

// Options make an App.
type Options struct {
	Token, SigningSecret notify.Secret
	// Topic is the Slack channel for what everybody should see; "" for none.
	Topic string
	// APIURL is where Slack's API is, with a slash behind it.
	APIURL   string
	Desk     *desk.Desk
	Register Register
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	// callTimeout bounds one call of Slack's API.
	callTimeout = 20 * time.Second
	// workTimeout bounds what is done after a request was acknowledged, mostWork how
	// much of it at once.
	workTimeout = 30 * time.Second
	mostWork    = 16
)

// App is the hub in one workspace.
type App struct {
	o    Options
	http *http.Client

	mu     sync.Mutex
	us     workspace
	people map[string]person // by Slack's identifier
	ids    map[string]person // by e-mail address

	work sync.WaitGroup
	room chan struct{}
}

var (
	_ notify.Channel = (*App)(nil)
	_ notify.Updater = (*App)(nil)
)

// New makes an app without connecting.
func New(o Options) *App {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if !strings.HasSuffix(o.APIURL, "/") {
		o.APIURL += "/"
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &App{
		o: o, http: &http.Client{Timeout: callTimeout, CheckRedirect: stay}, people: map[string]person{}, ids: map[string]person{},
		room: make(chan struct{}, mostWork),
	}
}

// Close waits until what was acknowledged is done.
func (a *App) Close() error {
	a.work.Wait()
	return nil
}

// Takes implements notify.Channel: people get direct messages, and the topic what is loud.
func (a *App) Takes(kind string) (people, topic bool) {
	loud := kind == notify.Test || slices.Contains(notify.Loud(), kind)
	return true, loud && a.o.Topic != ""
}

// Fingerprint implements notify.Channel.
func (a *App) Fingerprint() string {
	sum := sha256.Sum256([]byte(a.o.APIURL + " " + a.o.Topic))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// api is a client with the token as it is now.
func (a *App) api(ctx context.Context) (*slack.Client, error) {
	token, err := a.o.Token(ctx)
	if err != nil {
		return nil, err
	}
	return slack.New(token, slack.OptionAPIURL(a.o.APIURL), slack.OptionHTTPClient(a.http)), nil
}

// Send implements notify.Channel.
func (a *App) Send(ctx context.Context, m notify.Message) (notify.Mark, error) {
	api, err := a.api(ctx)
	if err != nil {
		return notify.Mark{}, err
	}
	to := a.o.Topic
	if m.To.UserN != 0 {
		if to, err = a.idOf(ctx, api, m.To); err != nil {
			return notify.Mark{}, a.fault(err)
		}
	}
	place, stamp, err := api.PostMessageContext(ctx, to, content(m)...)
	if err != nil {
		return notify.Mark{}, a.fault(err)
	}
	return notify.Mark{Place: place, ID: stamp}, nil
}

// Update implements notify.Updater.
func (a *App) Update(ctx context.Context, at notify.Mark, m notify.Message) error {
	api, err := a.api(ctx)
	if err != nil {
		return err
	}
	_, _, _, err = api.UpdateMessageContext(ctx, at.Place, at.ID, content(m)...)
	return a.fault(err)
}

// fault says what Slack's refusal means: for this message, or for the app as a whole.
func (a *App) fault(err error) error {
	var slow *slack.RateLimitedError
	var said slack.SlackErrorResponse
	var own *notify.Fault
	switch {
	case err == nil, errors.As(err, &own):
		return err
	case errors.As(err, &slow):
		return &notify.Fault{Err: err, RetryAt: a.o.Now().Add(slow.RetryAfter)}
	case errors.As(err, &said):
		switch said.Err {
		case "users_not_found", "user_not_found", "channel_not_found", "not_in_channel", "is_archived", "user_disabled", "cannot_dm_bot",
			"message_not_found", "cant_update_message", "edit_window_closed", "msg_too_long", "invalid_blocks", "no_text":
			return &notify.Fault{Err: errors.New("Slack says " + said.Err), Final: true}
		}
		return &notify.Fault{Err: errors.New("Slack says " + notify.Plain(said.Err, 100))}
	}
	return &notify.Fault{Err: errors.New(withoutURL(err))}
}

// withoutURL is an error's text without the address that was called, whose query may
// name people.
func withoutURL(err error) string {
	var of *url.Error
	if errors.As(err, &of) {
		return "Slack cannot be reached: " + notify.Plain(of.Err.Error(), 200)
	}
	return notify.Plain(err.Error(), 200)
}

// later does something after a request is acknowledged.
func (a *App) later(do func(ctx context.Context)) bool {
	select {
	case a.room <- struct{}{}:
	default:
		return false
	}
	a.work.Go(func() {
		defer func() { <-a.room }()
		ctx, cancel := context.WithTimeout(context.Background(), workTimeout)
		defer cancel()
		do(ctx)
	})
	return true
}
