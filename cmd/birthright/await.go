package main

import (
	"context"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
)

const (
	// awaited is how long a command waits for the hub to carry out what was decided, and
	// glance how often it looks.
	awaited = 30 * time.Second
	glance  = 200 * time.Millisecond
)

// await waits until the hub has carried out what was decided, and remarks how the grants
// stand then.
func (p *program) await(ctx context.Context, o office, actor approval.Actor, concerned []touched) (faults []error) {
	ctx, cancel := context.WithTimeout(ctx, awaited)
	defer cancel()
	for _, c := range concerned {
		g, err := p.awaitGrant(ctx, o, actor, c.grant)
		switch {
		case identity.KindOf(err) == identity.Denied: // who decided need not see what came of it
		case err != nil:
			faults = append(faults, err)
		default:
			faults = append(faults, p.remarkGrant(g, o.now(), troubles(g)))
		}
	}
	return faults
}

// awaitGrant returns a grant when nothing is under way with it any more, or when nobody
// waits longer: then as it was last seen.
func (p *program) awaitGrant(ctx context.Context, o office, actor approval.Actor, id string) (desk.Grant, error) {
	look := time.NewTicker(glance)
	defer look.Stop()
	for {
		g, err := o.Desk.Grant(context.WithoutCancel(ctx), actor, id)
		if err != nil || !underWay(g) {
			return g, err
		}
		p.progress.step("", id+" is "+g.State, 0, 0)
		select {
		case <-ctx.Done():
			return g, nil
		case <-look.C:
		}
	}
}

// underWay reports whether a moment more can tell more of a grant.
func underWay(g desk.Grant) bool {
	return g.State == grants.Ending || g.State == grants.Activating && neverRead(g) == ""
}

// troubles says what is known to be wrong on the targets of a grant.
func troubles(g desk.Grant) string {
	var parts []string
	for _, place := range g.Targets {
		if place.Trouble != "" {
			parts = append(parts, place.Target+": "+place.Trouble)
		}
	}
	return afterColon(parts)
}
