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
	"birthright/hub"
	"birthright/store"
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

// difference is what is not the same at two moments.
type difference struct {
	From    *app.Then      `json:"from"`
	To      *app.Then      `json:"to"`
	Changed []changedValue `json:"changed"`
}

// changedValue is one thing that is not the same: an attribute, a membership, access
// that was seen.
type changedValue struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func (p *program) showUserAt(ctx context.Context, a *app.App, name string, f momentFlags) error {
	now := a.Now()
	at, _ := past("at", f.at, now) // checked before
	other, _ := past("compare", f.compare, now)
	var then, later *app.Then
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		u, err := findUser(ctx, tx, name)
		if err != nil {
			return err
		}
		if then, err = app.UserAt(ctx, tx, u, at); err != nil || f.compare == "" {
			return err
		}
		later, err = app.UserAt(ctx, tx, u, other)
		return err
	})
	switch {
	case err != nil:
		return err
	case later == nil:
		return p.print(thenDetail(then))
	}
	if later.At.Before(then.At) {
		then, later = later, then
	}
	d := difference{then, later, differences(then, later)}
	l := listing{data: d, header: []string{"what", "before", "after"}, empty: "Nothing was different."}
	for _, c := range d.Changed {
		l.rows = append(l.rows, []string{c.What, c.Before, c.After})
	}
	return p.print(l)
}

// thenDetail lays out what somebody was and had; CSV gets a row for each membership.
func thenDetail(t *app.Then) listing {
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

// differences lists what is not the same, in the order of its names.
func differences(a, b *app.Then) []changedValue {
	before, after := facts(a), facts(b)
	var names []string
	for name := range before {
		names = append(names, name)
	}
	for name := range after {
		names = append(names, name)
	}
	slices.Sort(names)
	out := []changedValue{}
	for _, name := range slices.Compact(names) {
		if before[name] != after[name] {
			out = append(out, changedValue{name, before[name], after[name]})
		}
	}
	return out
}

// facts are what somebody was and had, by name.
func facts(t *app.Then) map[string]string {
	out := map[string]string{"userName": t.UserName, "state": string(t.State)}
	for name, values := range t.Attributes {
		out[name] = strings.Join(values, ", ")
	}
	for _, m := range t.Memberships {
		out["group "+m.Group] = because(m.Causes)
	}
	for _, s := range t.Observed {
		out["seen "+s.Entitlement] = "since " + timeText(s.FirstSeen)
	}
	return out
}

func (p *program) showMembersAt(ctx context.Context, a *app.App, group string, f momentFlags) error {
	at, _ := past("at", f.at, a.Now()) // checked before
	var members []app.HeldThen
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		numbers, err := tx.GroupNumbers(ctx, []string{group}, false)
		if err != nil {
			return err
		}
		if _, ok := a.Engine().Group(group); !ok && len(numbers) == 0 {
			return noGroup(group)
		}
		members, err = app.MembersAt(ctx, tx, numbers[group], at)
		return err
	})
	if err != nil {
		return err
	}
	l := listing{data: members, header: []string{"user", "because", "policy", "since", "until"}, empty: "Nobody was in it."}
	for _, m := range members {
		l.rows = append(l.rows, []string{m.User, because(m.Causes), m.Policy, timeText(m.Since), instantOf(m.Until)})
	}
	return p.print(l)
}
