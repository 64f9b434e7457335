package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/internal/company"
)

// What somebody asks for in the show, and for how long.
const (
	precious  = "prod-db-read"
	shortTime = 3 * time.Second
)

// forATime lets somebody ask for what nobody has because of who they are. The
// asker's own approval is refused, an owner's counts, and the access ends by itself.
func (s *story) forATime(ctx context.Context) error {
	s.begin("Access for a time")
	owners := s.scim.Members("engineering-leads")
	if len(owners) == 0 {
		return errors.New("nobody leads engineering, who could approve")
	}
	owner := owners[0]
	asker := s.pick(func(p company.Person) bool {
		return p.Department == "Engineering" && p.Type == company.Employee && s.inApp("engineering", p.UserName) && !s.inApp("engineering-leads", p.UserName)
	}).UserName
	s.askedBefore = asker
	request, err := s.ask(ctx, asker, desk.Wish{Groups: []string{precious}, For: shortTime, Reason: "look at order 17"})
	if err != nil {
		return err
	}
	if err := s.refusedToSelf(ctx, asker, request.ID); err != nil {
		return err
	}
	actor, err := s.hub.Desk.Actor(ctx, owner)
	if err != nil {
		return err
	}
	approved := time.Now()
	answer, err := s.hub.Desk.Approve(ctx, actor, request.ID, "")
	if err != nil {
		return err
	}
	if err := s.until(ctx, "the access is there", func() bool { return s.inApp(precious, asker) && s.inDirectory(precious, asker) }); err != nil {
		return err
	}
	s.seen("%s, who owns it, approves: %s has it on both systems %s later", owner, asker, took(time.Since(approved)))
	s.figure("JIT access was there after its approval", "%s", took(time.Since(approved)))
	return s.goesByItself(ctx, asker, answer.Request.Grant)
}

// ask asks for something in somebody's name.
func (s *story) ask(ctx context.Context, userName string, w desk.Wish) (desk.Request, error) {
	actor, err := s.hub.Desk.Actor(ctx, userName)
	if err != nil {
		return desk.Request{}, err
	}
	made, err := s.hub.Desk.Ask(ctx, actor, w)
	if err != nil {
		return desk.Request{}, err
	}
	s.say("%s asks for %s for %s: %q. It is for its owners to decide, of whom there are %d.", userName, precious, w.For, w.Reason, len(made[0].Stage.Approvers))
	return made[0], nil
}

// refusedToSelf checks that who asks cannot approve.
func (s *story) refusedToSelf(ctx context.Context, asker, id string) error {
	actor, err := s.hub.Desk.Actor(ctx, asker)
	if err != nil {
		return err
	}
	_, err = s.hub.Desk.Approve(ctx, actor, id, "")
	if identity.KindOf(err) != identity.Denied {
		return fmt.Errorf("%s approved what they asked for themselves: %w", asker, err)
	}
	if s.inApp(precious, asker) {
		return fmt.Errorf("%s has %s without an approval", asker, precious)
	}
	s.seen("%s tries to approve it, too: refused, %s", asker, strings.TrimPrefix(err.Error(), "you cannot decide on it: "))
	return nil
}

// goesByItself watches a grant end on both systems.
func (s *story) goesByItself(ctx context.Context, asker, grant string) error {
	var g desk.Grant
	look := func(state string) func() bool {
		return func() bool {
			var err error
			g, err = s.hub.Desk.Grant(ctx, desk.Operator("operator:demo"), grant)
			return err == nil && g.State == state
		}
	}
	if err := s.until(ctx, "the grant is active", look(grants.Active)); err != nil {
		return err
	}
	s.say("Nobody does anything now: it ends by itself.")
	if err := s.until(ctx, "the access is gone", func() bool { return !s.inApp(precious, asker) && !s.inDirectory(precious, asker) }); err != nil {
		return err
	}
	late := time.Since(g.EndsAt)
	if late < 0 {
		return fmt.Errorf("%s was gone %s before its end", grant, -late)
	}
	if err := s.until(ctx, "the grant is settled", look(grants.Ended)); err != nil {
		return err
	}
	s.seen("gone from both systems %s after its end; `birthright grants --all` remembers it", took(late))
	s.figure("JIT access gone", "%s after its end", took(late))
	return nil
}
