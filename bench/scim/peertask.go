package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/internal/company"
)

// peerLooks and peerPatches are how often each is asked: first the hub, then the
// peer, whose clearing up after a large group would be in the hub's way.
const peerLooks, peerPatches = 30, 10

// peerTask asks hub and peer the same.
func peerTask(ctx context.Context, _ []string) (result measure.Result, err error) {
	result.Figures, result.Counts = map[string]float64{}, map[string]int{}
	for _, size := range peerSizes {
		err := withHub(ctx, func(_ string, h *hub.Hub, ours *hub.Client) error {
			return withPeer(ctx, func(theirs *hub.Client) error {
				b := beside{ours: ours, theirs: theirs, took: map[string][]float64{}}
				if err := b.fill(ctx, h, size); err != nil {
					return err
				}
				if err := b.work(ctx, h, size); err != nil {
					return err
				}
				note(result, b.took)
				return nil
			})
		})
		if err != nil {
			return result, err
		}
	}
	return result, nil
}

// beside is a hub and a peer with the same people.
type beside struct {
	ours, theirs     *hub.Client
	people           []company.Person
	ourIDs, theirIDs []string
	took             map[string][]float64
}

// fill gives both the same people.
func (b *beside) fill(ctx context.Context, h *hub.Hub, size int) (err error) {
	if b.ourIDs, b.people, err = fill(ctx, h, size); err != nil {
		return err
	}
	b.theirIDs = make([]string, size)
	var group errgroup.Group
	const clients = 8
	now := time.Now()
	for client := range clients {
		group.Go(func() (err error) {
			for i := client; i < size && err == nil; i += clients {
				b.theirIDs[i], err = b.theirs.Create(ctx, "/Users", b.people[i].SCIM(now))
			}
			return err
		})
	}
	return group.Wait()
}

// work asks both. The larger group is everybody but those who come to it.
func (b *beside) work(ctx context.Context, h *hub.Hub, size int) error {
	members := 10
	if size == peerSizes[1] {
		members = size - peerPatches
	}
	for _, side := range b.sides() {
		for i := range peerLooks {
			began := time.Now()
			if _, err := side.client.Get(ctx, userNamed(b.people[(i*7919+17)%size].UserName)); err != nil {
				return err
			}
			b.note(side, userLook(size), began)
		}
		group, err := side.client.Create(ctx, "/Groups", groupOf(side.ids[:members]))
		if err != nil {
			return err
		}
		// The hub now decides anew for everybody in the group.
		if err := measure.Until(ctx, time.Minute, func() (bool, error) { return h.Idle(ctx) }); err != nil {
			return err
		}
		grown := memberAdd(10)
		if members > 10 {
			grown = memberAdd(size)
		}
		for i := range peerPatches {
			began := time.Now()
			if err := side.client.Patch(ctx, "/Groups/"+group, adding(side.ids[size-1-i])); err != nil {
				return err
			}
			b.note(side, grown, began)
		}
	}
	return nil
}

func (b *beside) note(s side, what string, began time.Time) {
	b.took[s.name+" "+what] = append(b.took[s.name+" "+what], time.Since(began).Seconds())
}

// side is one of the two.
type side struct {
	name   string
	client *hub.Client
	ids    []string
}

func (b *beside) sides() []side {
	return []side{{"hub", b.ours, b.ourIDs}, {"peer", b.theirs, b.theirIDs}}
}

// groupOf is a group with members.
func groupOf(ids []string) []byte {
	members := make([]map[string]string, len(ids))
	for i, id := range ids {
		members[i] = map[string]string{"value": id}
	}
	body, _ := json.Marshal(map[string]any{ // texts always can be
		"schemas":     []string{"urn:ietf:params:scim:schemas:core:2.0:Group"},
		"displayName": fmt.Sprintf("group of %d", len(ids)), "members": members,
	})
	return body
}
