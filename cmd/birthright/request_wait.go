package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// glances are how often somebody who waits for a decision looks: people take their time, and
// a hub far away is not asked five times a second.
const glances = time.Second

// waited waits until requests are decided on and what they give is there, tells both, and
// ends with what came of the worst.
func (p *program) waited(ctx context.Context, o office, actor approval.Actor, made []desk.Request, one bool) error {
	for i := range made {
		p.remarkRequest(made[i], o.now())
		decided, err := p.awaitDecision(ctx, o, actor, made[i])
		if err != nil {
			return err
		}
		made[i] = decided
	}
	told := p.concluded(ctx, o, actor, made, nil, one)
	var faults []error
	for i := range made {
		faults = append(faults, p.cameOf(ctx, o, actor, &made[i]))
	}
	return errors.Join(append(faults, told)...)
}

// awaitDecision returns a request as it is once it waits for nobody any more.
func (p *program) awaitDecision(ctx context.Context, o office, actor approval.Actor, r desk.Request) (desk.Request, error) {
	look := time.NewTicker(glances)
	defer look.Stop()
	for r.State == grants.Pending {
		p.progress.step("", waitingText(r), 0, 0)
		select {
		case <-ctx.Done():
			return r, fmt.Errorf("nobody waits any more, and %s still asks; `birthright requests show %s` tells of it: %w", r.ID, r.ID, ctx.Err())
		case <-look.C:
		}
		again, err := o.Desk.Request(ctx, actor, r.ID)
		if err != nil {
			return r, err
		}
		r = again
	}
	return r, nil
}

func waitingText(r desk.Request) string {
	if r.Stage == nil {
		return r.ID + " waits"
	}
	return r.ID + " " + stageText(r)
}

// cameOf is what went wrong with a request, nil where the access is there, or will be at its
// start.
func (p *program) cameOf(ctx context.Context, o office, actor approval.Actor, r *desk.Request) error {
	if r.State != grants.Approved {
		return fmt.Errorf("%s is %s%s", r.ID, r.State, byWhomAndWhy(r))
	}
	for {
		g, err := p.awaitGrant(ctx, o, actor, grantOf(*r))
		if err != nil {
			return err
		}
		switch g.State {
		case grants.Failed:
			return fmt.Errorf("%s failed: %s", g.ID, g.Reason)
		case grants.Activating: // its target is slow, or down
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		return nil
	}
}

func byWhomAndWhy(r *desk.Request) string {
	var parts []string
	if r.DecidedBy != "" {
		parts = append(parts, " by "+who(r.DecidedBy))
	}
	if r.Note != "" {
		parts = append(parts, ": "+r.Note)
	}
	return strings.Join(parts, "")
}
