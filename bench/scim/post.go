package main

import (
	"context"
	"errors"
	"os"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/internal/company"
)

// configuration is a hub that pushes end at: no target, so that no provisioning
// competes with them, and no policy, so that deciding finds nothing.
const configuration = `
server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
sources: [{name: idp, kind: scim}]
`

// withHub runs fn with a fresh hub that is served.
func withHub(ctx context.Context, fn func(dir string, h *hub.Hub, c *hub.Client) error) (err error) {
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h, err := hub.Open(ctx, dir, configuration, "", nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	client, err := h.Serve(ctx)
	if err != nil {
		return err
	}
	return fn(dir, h, client)
}

// postHub pushes people into a hub.
func postHub(ctx context.Context, args []string) (result measure.Result, err error) {
	return result, withHub(ctx, func(dir string, h *hub.Hub, c *hub.Client) (err error) {
		if result, err = post(ctx, c, args); err != nil {
			return err
		}
		result.Counts, err = rowsIn(ctx, dir)
		return err
	})
}

// post has clients push people with as many requests on the way, and times each.
// args are how many of each.
func post(ctx context.Context, c *hub.Client, args []string) (measure.Result, error) {
	clients, err := strconv.Atoi(args[0])
	if err != nil {
		return measure.Result{}, err
	}
	people, err := strconv.Atoi(args[1])
	if err != nil {
		return measure.Result{}, err
	}
	crowd := company.Generate(7, people, time.Now())
	bodies := make([][]byte, people)
	for i, p := range crowd.People {
		bodies[i] = p.SCIM(crowd.Now)
	}
	took := make([]float64, people)
	began := time.Now()
	var group errgroup.Group
	for client := range clients {
		group.Go(func() error {
			for i := client; i < people; i += clients {
				sent := time.Now()
				if _, err := c.Create(ctx, "/Users", bodies[i]); err != nil {
					return err
				}
				took[i] = time.Since(sent).Seconds()
			}
			return nil
		})
	}
	err = group.Wait()
	result := measure.Since(began, nil)
	result.Figures = map[string]float64{"p50": measure.Median(took), "p99": measure.Quantile(took, 0.99)}
	return result, err
}
