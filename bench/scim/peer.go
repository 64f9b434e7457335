package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"birthright/bench/measure"
)

// peerFolder is where scripts/scim-peer puts the peer.
var peerFolder = filepath.Join(".cache", "scim-peer")

// peerSizes are how many users, and members of a group, the peer is tried with.
var peerSizes = []int{1000, 10_000}

// peerLoad is how many clients push how many people.
var peerLoad = struct{ clients, people int }{64, 2000}

// peers gives scimmy-routers and the hub the same work. It is a peer, not a bound:
// it keeps nothing on disk, knows no sources and no versions, and its answers to a
// PATCH carry the whole group.
func peers(ctx context.Context, r *measure.Report) error {
	if _, err := os.Stat(filepath.Join(peerFolder, "node_modules")); errors.Is(err, fs.ErrNotExist) {
		r.Line("peer: not there; scripts/scim-peer gets it, where npm and its registry can be reached")
		return nil
	}
	took, err := takeTurns(ctx, peerLoad.clients, peerLoad.people, "post-peer", "post-hub")
	if err != nil {
		return err
	}
	r.Line("peer: scimmy-routers on express, in memory: nothing is durable")
	r.Line("peer: POST, 64 clients", took.cells("post-peer", peerLoad.people)[:3]...)
	r.Line("hub beside it: POST, 64 clients, durable", took.cells("post-hub", peerLoad.people)[:3]...)
	r.Ratio("POST, hub, 64 clients, durable", "peer, in memory",
		took["post-hub"].over(took["post-peer"], "seconds"), 0)
	result, err := measure.Fork(ctx, "peer")
	if err != nil {
		return err
	}
	for _, what := range peerWork() {
		ours, theirs := result.Figures["hub "+what+" p50"], result.Figures["peer "+what+" p50"]
		r.Line("peer: "+what, "p50 "+measure.Millis(theirs))
		r.Line("hub beside it: "+what, "p50 "+measure.Millis(ours))
		r.Ratio(what+", hub", "peer", ours/theirs, 0)
	}
	return nil
}

// peerWork names what both are asked, besides POST.
func peerWork() (names []string) {
	for _, size := range peerSizes {
		names = append(names, userLook(size))
	}
	return append(names, memberAdd(10), memberAdd(peerSizes[1]))
}

func userLook(size int) string { return fmt.Sprintf("userName eq among %s", measure.Count(size)) }
func memberAdd(size int) string {
	return fmt.Sprintf("PATCH, one more member of %s", measure.Count(size))
}
