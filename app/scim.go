package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/scim"
	"birthright/scim/backing"
	"birthright/scim/inspect"
	"birthright/signals"
	"birthright/store"
)

// scimHandler is the SCIM front door for the sources that push; clients reach it
// at publicURL, and recorder listens in.
func (a *App) scimHandler(ctx context.Context, publicURL string, recorder *inspect.Recorder) (http.Handler, error) {
	behind := backing.New(a.Store, a.Intake)
	key, err := a.key(ctx, "scim-cursors")
	if err != nil {
		return nil, err
	}
	o := scim.Options{
		Directory: behind, Intake: behind, Tokens: behind,
		PublicURL: publicURL, Inspect: recorder, Log: a.Log, Now: a.Now, Key: key, Alarm: a.figures.Panicked,
		Events: a.scimEvents(),
	}
	for _, s := range a.sources {
		if !s.Pushes() {
			continue
		}
		source, faults := scim.NewSource(s.Name, s.profile(), s.Map)
		if len(faults) > 0 {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "open source " + s.Name, Err: errors.Join(faults...)}
		}
		o.Sources = append(o.Sources, source)
	}
	return scim.New(o), nil
}

// key returns a key of the hub's own, which all replicas share; it is made when
// it is first asked for.
func (a *App) key(ctx context.Context, name string) (key []byte, err error) {
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		key, err = tx.MakeKey(ctx, name, fresh)
		return err
	})
	return key, err
}

// index makes what sources pushed ready for their filters.
func (a *App) index() *scim.Index {
	var names []string
	for _, s := range a.sources {
		if s.Pushes() {
			names = append(names, s.Name)
		}
	}
	return scim.NewIndex(names)
}

// scimEvents are the URIs of the SCIM events that some receiver is told of.
func (a *App) scimEvents() []string {
	var uris []string
	for _, r := range a.Config.Signals.Receivers {
		for _, event := range r.Events {
			if uri := signals.Event(event).URI(); strings.HasPrefix(uri, "urn:ietf:params:scim:event:") && !slices.Contains(uris, uri) {
				uris = append(uris, uri)
			}
		}
	}
	slices.Sort(uris)
	return uris
}
