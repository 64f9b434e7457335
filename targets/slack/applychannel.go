package slack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// mostInvited is how many people one invitation takes.
const mostInvited = 1000

// channel makes the changes of one channel true, in order: people who come are invited
// together, people who go are taken out one by one.
func (a *application) channel(ctx context.Context, name string, changes []change) {
	c, err := a.t.channelCalled(ctx, name)
	if err != nil {
		a.all(changes, func(op targets.Op) targets.Result { return looked(op, err) })
		return
	}
	if why := c.readOnly(); why != "" {
		a.t.forget() // it may be otherwise by the next time
		a.all(changes, func(op targets.Op) targets.Result {
			return targets.Failed(op, targets.Refused, identity.Denied, errors.New(why))
		})
		return
	}
	var coming []change
	for _, ch := range changes {
		if slices.ContainsFunc(coming, func(x change) bool { return x.id == ch.id }) {
			a.invite(ctx, c, coming)
			coming = nil
		}
		if a.ops[ch.i].Action == targets.Add {
			coming = append(coming, ch)
			continue
		}
		a.kick(ctx, c, ch)
	}
	a.invite(ctx, c, coming)
}

// invite lets people in, as many at once as Slack takes.
func (a *application) invite(ctx context.Context, c channel, coming []change) {
	for part := range slices.Chunk(coming, mostInvited) {
		a.inviteAll(ctx, c, part)
	}
}

// inviteAll lets people in with one request. Slack refuses it whole because of one who
// is in already or cannot come: it is halved until that one is alone.
func (a *application) inviteAll(ctx context.Context, c channel, part []change) {
	if len(part) == 0 {
		return
	}
	var ids []string
	for _, ch := range part {
		ids = append(ids, ch.id)
	}
	var err error
	r := a.settle(ctx, a.ops[part[0].i], func() targets.Result {
		err = a.t.post(ctx, "conversations.invite", url.Values{"channel": {c.ID}, "users": {strings.Join(ids, ",")}}, false, nil)
		return result(a.ops[part[0].i], err)
	})
	switch about := slices.Contains([]string{"already_in_channel", "user_not_found", "no_user", "cant_invite", "cant_invite_self", "user_is_restricted",
		"user_is_ultra_restricted", "ura_max_channels", "user_is_bot", "too_many_users"}, code(err)); {
	case about && len(part) > 1:
		a.inviteAll(ctx, c, part[:len(part)/2])
		a.inviteAll(ctx, c, part[len(part)/2:])
		return
	case code(err) == "already_in_channel":
		a.all(part, func(targets.Op) targets.Result { return targets.Result{Outcome: targets.Already} })
		return
	}
	a.spread(part, r, err)
}

// spread gives each of part the outcome that its first one had.
func (a *application) spread(part []change, first targets.Result, err error) {
	if c := code(err); c == "channel_not_found" || c == "is_archived" || c == "not_in_channel" {
		a.t.forget()
	}
	a.all(part, func(op targets.Op) targets.Result {
		if err != nil {
			return result(op, err)
		}
		if first.Outcome.OK() {
			return first
		}
		return targets.Failed(op, first.Outcome, identity.KindOf(first.Err), errors.Unwrap(first.Err))
	})
}

// kick takes somebody out of a channel.
func (a *application) kick(ctx context.Context, c channel, ch change) {
	var err error
	r := a.settle(ctx, a.ops[ch.i], func() targets.Result {
		err = a.t.post(ctx, "conversations.kick", url.Values{"channel": {c.ID}, "user": {ch.id}}, true, nil)
		if code(err) == "not_in_channel" {
			err = nil
			return targets.Result{Outcome: targets.Already}
		}
		return result(a.ops[ch.i], err)
	})
	a.spread([]change{ch}, r, err)
}
