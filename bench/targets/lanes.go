package main

import (
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/scim"
)

// inLanes does n things, as many at once as the application is sent.
func inLanes(n int, do func(int) error) error {
	var g errgroup.Group
	g.SetLimit(lanes)
	for i := range n {
		g.Go(func() error { return do(i) })
	}
	return g.Wait()
}

// openTarget makes the target for an application, as a configuration would.
func openTarget(url string) (targets.Target, error) {
	c := scim.Config{Token: secret.Value("bench")}
	c.URL, c.PageSize = url, page
	return c.Open(targets.Env{Name: "app", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
}
