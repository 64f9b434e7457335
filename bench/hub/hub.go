// Package hub opens a hub for the measuring programs as its users get it: from a
// configuration file, durable SQLite, the real HTTP endpoint.
//
//	Write ─▶ Open ─▶ (import, sync …)
//	           └──▶ Serve ─▶ Client: SCIM requests with a token
//
// It measures nothing.
package hub

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"birthright/app"
	"birthright/config"
	sourcekinds "birthright/sources/builtin"
	"birthright/store"
	"birthright/targets"
	targetkinds "birthright/targets/builtin"
	"birthright/tokens"
)

// Source is the name of the source that pushes, where the configuration has one.
const Source = "idp"

// Hub is an open hub, and a server once Serve was called.
type Hub struct {
	*app.App
	server *app.Server
}

// Open writes configuration and policy into dir, if they are not there, and
// opens the hub on them. ready are targets that take the place of configured
// ones of the same name.
func Open(ctx context.Context, dir, configuration, policy string, ready map[string]targets.Target) (*Hub, error) {
	if err := os.MkdirAll(filepath.Join(dir, "policies"), 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "birthright.yaml")
	for name, text := range map[string]string{file: configuration, filepath.Join(dir, "policies", "policy.yaml"): policy} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	cfg, err := config.Load(file, config.Kinds{Sources: sourcekinds.Kinds(), Targets: targetkinds.Kinds()}, nil)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Options{Config: cfg, Actor: "operator:bench", Log: log, Targets: ready})
	if err != nil {
		return nil, err
	}
	return &Hub{App: a}, nil
}

// Serve starts the HTTP endpoint and the loops, and returns a client of it.
func (h *Hub) Serve(ctx context.Context) (*Client, error) {
	var err error
	if h.server, err = h.Start(ctx); err != nil {
		return nil, err
	}
	plain, token, err := tokens.New(rand.Reader, Source, tokens.ScopeSCIM, h.Now(), 0)
	if err != nil {
		return nil, err
	}
	err = h.Store.Update(ctx, func(tx *store.Tx) error { return tx.SaveToken(ctx, store.TokenRow(token)) })
	return newClient("http://"+h.server.Addr()+"/scim/v2", plain), err
}

// URL is how the server is reached.
func (h *Hub) URL() string { return "http://" + h.server.Addr() }

// Close stops what runs and closes the hub.
func (h *Hub) Close(ctx context.Context) error {
	var stopped error
	if h.server != nil {
		stopped = h.server.Stop(ctx)
	}
	return errors.Join(stopped, h.App.Close())
}

// Idle reports whether no work is left for the loops.
func (h *Hub) Idle(ctx context.Context) (bool, error) {
	left := 0
	err := h.Store.View(ctx, func(tx *store.Tx) error {
		counts, err := tx.CountWork(ctx)
		for _, n := range counts {
			left += n
		}
		return err
	})
	return left == 0, err
}

// ReadWhole reports whether every target was read whole at least once: until
// then the loops make no changes on it.
func (h *Hub) ReadWhole(ctx context.Context) (bool, error) {
	done := true
	err := h.Store.View(ctx, func(tx *store.Tx) error {
		for _, dest := range h.Destinations() {
			state, err := tx.TargetState(ctx, dest.Name())
			done = done && err == nil && !state.LastFullAt.IsZero()
		}
		return nil
	})
	return done, err
}
