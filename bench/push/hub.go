package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/internal/company"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

const configuration = `
server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
policies: [policies/*.yaml]
sources: [{name: idp, kind: scim}]
targets:
  - {name: app, kind: memory, accounts: {create: true}}
  - {name: directory, kind: memory, accounts: {create: true}}
`

// pushHub pushes people into a hub and waits until both targets have them.
func pushHub(ctx context.Context, args []string) (result measure.Result, err error) {
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	app, directory := memory.New("app"), memory.New("directory")
	h, err := hub.Open(ctx, dir, configuration, company.Policy(), map[string]targets.Target{"app": app, "directory": directory})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	client, err := h.Serve(ctx)
	if err != nil {
		return result, err
	}
	if err := measure.Until(ctx, time.Minute, func() (bool, error) { return h.ReadWhole(ctx) }); err != nil {
		return result, err
	}
	if result, err = client.Push(ctx, args); err != nil {
		return result, err
	}
	answered := time.Now()
	if err := measure.Until(ctx, 5*time.Minute, func() (bool, error) { return h.Idle(ctx) }); err != nil {
		return result, err
	}
	result.Figures["settled"] = time.Since(answered).Seconds()
	return result, check(ctx, h, result.Counts["people"])
}

// check sees that everybody arrived: a fast hub that loses people is none.
func check(ctx context.Context, h *hub.Hub, people int) error {
	return h.Store.View(ctx, func(tx *store.Tx) error {
		n, err := tx.CountUsers(ctx)
		if err == nil && n != people {
			err = fmt.Errorf("%d people were pushed and %d are there", people, n)
		}
		return err
	})
}
