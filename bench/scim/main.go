// Command scim measures the SCIM front door: durable POST /Users against a bare
// net/http handler that does the same insert, one look-up among few and among a
// million users, one more member for small and large groups, and the same work on
// scimmy-routers, a SCIM server that others wrote.
//
// What is compared takes turns, in one run on one machine, since the machine's
// other work comes and goes. Name parts to measure only those:
//
//	bench/scim posts reads groups peer
package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{
		"post-hub": postHub, "post-floor": postFloor, "post-peer": postPeer,
		"reads": readsTask, "groups": groupsTask, "peer": peerTask,
	}}))
}

// parts are what can be measured, in this order.
var parts = []struct {
	name string
	run  func(context.Context, *measure.Report) error
}{{"posts", posts}, {"reads", reads}, {"groups", groups}, {"peer", peers}}

func run(ctx context.Context, r *measure.Report) error {
	r.Title("The SCIM front door")
	wanted := os.Args[1:]
	for _, name := range wanted {
		if !slices.ContainsFunc(parts, func(p struct {
			name string
			run  func(context.Context, *measure.Report) error
		}) bool {
			return p.name == name
		}) {
			return fmt.Errorf("there is no part %q", name)
		}
	}
	for _, part := range parts {
		if len(wanted) > 0 && !slices.Contains(wanted, part.name) {
			continue
		}
		if err := part.run(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}
