package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
)

// momentFlags choose a moment to look back to, and another to compare it with.
type momentFlags struct{ at, compare string }

func (f *momentFlags) add(cmd *cobra.Command, comparing bool) {
	cmd.Flags().StringVar(&f.at, "at", "", "as it was at this `TIME`: RFC 3339, a date, or how long ago, e.g. -3d")
	if comparing {
		cmd.Flags().StringVar(&f.compare, "compare", "", "with --at: what was different at this other `TIME`")
	}
}

func (f *momentFlags) check(a *app.App, _ []string) error {
	_, errAt := past("at", f.at, a.Now())
	_, errCompare := past("compare", f.compare, a.Now())
	if f.compare != "" && f.at == "" {
		errCompare = usageError{errors.New("--compare needs --at TIME to compare with")}
	}
	return errors.Join(errAt, errCompare)
}

// past reads a moment; "now" and how long ago, with or without a sign, will do.
func past(flag, text string, now time.Time) (time.Time, error) {
	if text == "now" {
		return now, nil
	}
	return moment(flag, strings.TrimPrefix(text, "-"), now)
}

// showUserAt prints what somebody was and had at a moment, or what was different at two.
func (p *program) showUserAt(ctx context.Context, o office, actor approval.Actor, name string, f momentFlags) error {
	now := p.now(o)
	at, _ := past("at", f.at, now) // checked before
	if f.compare == "" {
		then, err := o.Hub.UserThen(ctx, actor, name, at)
		if err != nil {
			return err
		}
		return p.print(thenDetail(then))
	}
	other, _ := past("compare", f.compare, now)
	d, err := o.Hub.UserDifference(ctx, actor, name, at, other)
	if err != nil {
		return err
	}
	l := listing{data: d, header: []string{"what", "before", "after"}, empty: "Nothing was different."}
	for _, c := range d.Changed {
		l.rows = append(l.rows, []string{c.What, c.Before, c.After})
	}
	return p.print(l)
}

// now is the time by which moments are read: the hub's where it is here.
func (p *program) now(o office) time.Time {
	if o.App == nil {
		return time.Now()
	}
	return o.App.Now()
}

// thenDetail lays out what somebody was and had; CSV gets a row for each membership.
func thenDetail(t *hub.Then) listing {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  at %s\n\n", t.UserName, t.State, timeText(t.At))
	b.WriteString(columns("  ", attributeRows(hub.User{Attributes: t.Attributes})))
	l := listing{data: t, header: []string{"user", "group", "because", "policy", "since", "until"}}
	var held [][]string
	for _, m := range t.Memberships {
		l.rows = append(l.rows, []string{t.UserName, m.Group, because(m.Causes), m.Policy, timeText(m.Since), instantOf(m.Until)})
		row := []string{m.Group, "because of " + because(m.Causes), "policy " + m.Policy, "since " + timeText(m.Since)}
		if m.Until != nil {
			row = append(row, "until "+timeText(*m.Until))
		}
		held = append(held, row)
	}
	section(&b, "Memberships then", len(held))
	b.WriteString(columns("  ", held))
	section(&b, "Seen on targets then", len(t.Observed))
	var seen [][]string
	for _, s := range t.Observed {
		seen = append(seen, []string{s.Entitlement, "first seen " + timeText(s.FirstSeen)})
	}
	b.WriteString(columns("  ", seen))
	l.text = b.String()
	return l
}

func instantOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return timeText(*t)
}

// showMembersAt prints who was in a group at a moment, by name.
func (p *program) showMembersAt(ctx context.Context, o office, actor approval.Actor, group string, f momentFlags) error {
	at, _ := past("at", f.at, p.now(o)) // checked before
	found, err := o.Hub.MembersThen(ctx, actor, hub.MomentQuery{Group: group, At: at})
	if err != nil {
		return err
	}
	members := found.Items
	slices.SortFunc(members, func(a, b hub.HeldThen) int { return strings.Compare(a.User, b.User) })
	l := listing{data: members, header: []string{"user", "because", "policy", "since", "until"}, empty: "Nobody was in it."}
	for _, m := range members {
		l.rows = append(l.rows, []string{m.User, because(m.Causes), m.Policy, timeText(m.Since), instantOf(m.Until)})
	}
	return p.print(l)
}
