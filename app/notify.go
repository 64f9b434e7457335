package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"birthright/config"
	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/strictyaml"
	"birthright/notify"
	"birthright/notify/slack"
	"birthright/notify/smtp"
	"birthright/notify/teams"
	"birthright/notify/webhook"
	"birthright/store"
)

// Notifier returns what tells people; they reach the hub at publicURL. No channel is
// contacted. It belongs to a connected App.
func (a *App) Notifier(publicURL string) (*notify.Service, error) {
	o := notify.Options{Store: a.Store, Desk: a.Desk, PublicURL: publicURL, Now: a.Now, NewID: a.NewID, Log: a.Log}
	for _, c := range a.Config.Notify {
		channel, err := a.channel(c, publicURL)
		if err != nil {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "open channel " + c.Name, Err: err}
		}
		o.Ways = append(o.Ways, notify.Way{Name: c.Name, Channel: channel, Events: c.Events})
	}
	return notify.New(o), nil
}

// Told is what is left of what people are to be told.
type Told struct {
	// Owed are messages that wait, Channels those by which people are told at all.
	Owed     int
	Channels int
}

// Tell brings once what people are to be told, for no longer than patience: for commands
// beside a hub, or without one. Channels whose secrets are not at hand here are left to
// whoever has them, and what fails here is tried again by the next.
func (a *App) Tell(ctx context.Context, patience time.Duration) (left Told, err error) {
	s, err := a.Notifier(a.Config.Server.PublicURL)
	if err != nil {
		return left, err
	}
	left.Channels = len(s.Ways)
	hurried, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err = s.Spread(hurried); err == nil {
		err = s.BringAll(hurried, a.atHand(hurried, s.Ways))
	}
	if hurried.Err() != nil && ctx.Err() == nil {
		err = nil // the rest is somebody else's
	}
	return left, errors.Join(err, a.Store.View(ctx, func(tx *store.Tx) error {
		counts, err := tx.CountDeliveries(ctx)
		for _, c := range counts {
			left.Owed += c.Owed
		}
		return err
	}))
}

// atHand are the channels whose secrets can be had here.
func (a *App) atHand(ctx context.Context, ways []notify.Way) []notify.Way {
	var out []notify.Way
	for i, w := range ways { // as they are configured
		if len(a.Config.MissingSecrets(ctx, strictyaml.Index("notify", i))) == 0 {
			out = append(out, w)
		}
	}
	return out
}

// channel makes one channel.
func (a *App) channel(c config.Channel, publicURL string) (notify.Channel, error) {
	switch c.Kind {
	case config.ChannelSlack:
		app := slack.New(slack.Options{
			Token: a.revealing(c.Token), SigningSecret: a.revealing(c.SigningSecret), Topic: c.Channel, APIURL: c.APIURL, Desk: a.Desk,
			Register: notify.Register{Store: a.Store}, Now: a.Now, Log: a.Log,
		})
		a.closers.add("channel "+c.Name, app.Close)
		return app, nil
	case config.ChannelTeams:
		posts := teams.New(teams.Options{Address: a.revealing(c.Webhook), Reference: c.Webhook.Reference(), CAFile: c.CAFile, Dir: a.Config.Dir, Now: a.Now})
		a.closers.add("channel "+c.Name, posts.Close)
		return posts, nil
	case config.ChannelWebhook:
		hook, err := webhook.New(webhook.Options{URL: c.URL, Secret: a.revealing(c.Secret), CAFile: c.CAFile, Dir: a.Config.Dir, Now: a.Now})
		if err != nil {
			return nil, err
		}
		a.closers.add("channel "+c.Name, hook.Close)
		return hook, nil
	}
	return smtp.New(smtp.Options{
		Host: c.Host, Port: c.Port, From: c.From, Username: c.Username, Password: a.revealing(c.Password), TLS: c.TLS, CAFile: c.CAFile, Dir: a.Config.Dir,
		Domain: hostOf(publicURL), Now: a.Now,
	})
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Hostname()
	}
	return ""
}

// secretKept is how long a secret that was fetched is used: requests from outside ask for
// it, and must not make the hub run commands as often as they like.
const secretKept = time.Minute

// revealing fetches a secret when it is needed, once a minute at most.
func (a *App) revealing(ref secret.Ref) notify.Secret {
	var mu sync.Mutex
	var kept string
	var until time.Time
	return func(ctx context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if a.Now().Before(until) {
			return kept, nil
		}
		text, err := ref.Reveal(ctx, a.Config.Dir)
		if err != nil {
			return "", err
		}
		kept, until = text, a.Now().Add(secretKept)
		return kept, nil
	}
}

// mountChannels adds what channels are called back at.
func mountChannels(mux *http.ServeMux, s *notify.Service) {
	for _, w := range s.Ways {
		if m, ok := w.Channel.(interface{ Mount(mux *http.ServeMux) }); ok {
			m.Mount(mux)
		}
	}
}
