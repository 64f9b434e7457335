package app

import (
	"context"
	"fmt"
	"slices"

	"birthright/config"
	"birthright/identity"
	"birthright/intake"
	"birthright/signals"
	"birthright/signals/delivery"
	"birthright/signals/signing"
	"birthright/store"
)

// openReceivers makes the way to each receiver of signals; none is contacted.
func (a *App) openReceivers() error {
	for _, r := range a.Config.Signals.Receivers {
		receiver := delivery.Receiver{Name: r.Name, Audience: r.Audience}
		if r.Delivery == config.DeliveryPush {
			endpoint, err := delivery.NewEndpoint(delivery.EndpointSettings{
				URL: r.URL, Token: r.Token, Headers: r.Headers, TLS: r.TLS, Dir: a.Config.Dir, Now: a.Now,
			})
			if err != nil {
				return &identity.Error{Kind: identity.Invalid, Op: "open receiver " + r.Name, Err: err}
			}
			a.closers.add("receiver "+r.Name, endpoint.Close)
			receiver.Endpoint = endpoint
		}
		a.receivers = append(a.receivers, receiver)
	}
	return nil
}

// Receivers returns the receivers of signals in the order of the configuration.
func (a *App) Receivers() []delivery.Receiver { return a.receivers }

// Receiver returns the receiver of that name.
func (a *App) Receiver(name string) (delivery.Receiver, error) {
	i := slices.IndexFunc(a.receivers, func(r delivery.Receiver) bool { return r.Name == name })
	if i >= 0 {
		return a.receivers[i], nil
	}
	names := make([]string, len(a.receivers))
	for i, r := range a.receivers {
		names[i] = r.Name
	}
	return delivery.Receiver{}, &identity.Error{
		Kind: identity.Invalid, Err: fmt.Errorf("there is no receiver %q", name), Hint: configured(names),
	}
}

// signalOptions say to the intake who must hear of what.
func (a *App) signalOptions() intake.Signals {
	o := intake.Signals{Notify: a.bell.Ring}
	for _, s := range a.sources {
		if s.Pushes() {
			o.Pushing = append(o.Pushing, s.Name)
		}
	}
	for _, r := range a.Config.Signals.Receivers {
		receiver := signals.Receiver{Name: r.Name, Subject: signals.Subject(r.Subject)}
		for _, e := range r.Events {
			receiver.Events = append(receiver.Events, signals.Event(e))
		}
		o.Receivers = append(o.Receivers, receiver)
	}
	return o
}

// Transmitter returns what delivers signals; receivers reach the hub at
// publicURL. The first one makes the hub's signing key, unless the configuration
// has one.
func (a *App) Transmitter(ctx context.Context, publicURL string) (*delivery.Transmitter, error) {
	key, err := a.signingKey(ctx)
	if err != nil {
		return nil, err
	}
	issuer := a.Config.Signals.Issuer
	if issuer == a.Config.Server.PublicURL {
		issuer = publicURL // with the port that was really taken
	}
	return delivery.New(delivery.Options{
		Store: a.Store, Key: key, Issuer: issuer, PublicURL: publicURL, Receivers: a.receivers, Bell: a.bell,
		Now: a.Now, NewID: a.NewID, Log: a.Log,
	}), nil
}

// transmitterFor is Transmitter for a server; nil where there is nobody to tell.
func (a *App) transmitterFor(ctx context.Context, publicURL string) (*delivery.Transmitter, error) {
	if len(a.receivers) == 0 {
		return nil, nil //nolint:nilnil // nobody to tell is no fault
	}
	return a.Transmitter(ctx, publicURL)
}

// signingKey returns the configured key, or that which the hub keeps for itself.
func (a *App) signingKey(ctx context.Context) (*signing.Key, error) {
	s := a.Config.Signals
	if !s.SigningKey.IsZero() {
		text, err := s.SigningKey.Reveal(ctx, a.Config.Dir)
		if err != nil {
			return nil, err
		}
		return signing.Read([]byte(text))
	}
	name := "signals " + s.Algorithm
	var kept []byte
	err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		kept, err = tx.Key(ctx, name)
		return err
	})
	if err == nil && kept == nil {
		kept, err = a.makeKey(ctx, name)
	}
	if err != nil {
		return nil, err
	}
	return signing.Read(kept)
}

func (a *App) makeKey(ctx context.Context, name string) (kept []byte, err error) {
	fresh, err := signing.Make(a.Config.Signals.Algorithm)
	if err != nil {
		return nil, err
	}
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		kept, err = tx.MakeKey(ctx, name, fresh)
		return err
	})
	return kept, err
}

// SignalCounts returns what each receiver is owed: those of the configuration,
// and those that were in it and are still owed something.
func (a *App) SignalCounts(ctx context.Context, tx *store.Tx) (map[string]store.SignalCount, error) {
	counts, err := tx.CountSignals(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range a.receivers {
		if _, owed := counts[r.Name]; !owed {
			counts[r.Name] = store.SignalCount{}
		}
	}
	return counts, nil
}
