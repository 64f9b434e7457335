package app

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"birthright/config"
	"birthright/identity"
	"birthright/internal/secret"
	"birthright/notify"
	"birthright/notify/slack"
	"birthright/notify/smtp"
	"birthright/notify/webhook"
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
