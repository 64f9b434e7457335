package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

func (p *program) userExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain USER [GROUP | ENTITLEMENT]",
		Short: "Say why access is held, or why not, down to the clause of the rule",
		Args:  takes(1, 2),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			var u identity.User
			var world rules.World
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				if u, err = findUser(ctx, tx, args[0]); err != nil {
					return err
				}
				world, err = a.Runner.WorldFor(ctx, tx, u)
				return err
			})
			if err != nil {
				return err
			}
			subject := ""
			if len(args) == 2 {
				subject = args[1]
			}
			explanations, err := explain(a.Engine(), u, world, subject)
			if err != nil {
				return err
			}
			return p.print(explanationListing(u, subject, explanations))
		}),
	}
}

// explanation is the answer about one group.
type explanation struct {
	User        string           `json:"user"`
	Group       string           `json:"group"`
	Entitlement string           `json:"entitlement,omitempty"`
	Held        bool             `json:"held"`
	Causes      []identity.Cause `json:"causes"`
	Unmet       []rules.Unmet    `json:"unmet"`
}

// explain answers about one group, about every group that carries an
// entitlement, or about every group that the user is in.
func explain(engine *rules.Engine, u identity.User, world rules.World, subject string) ([]explanation, error) {
	held := engine.Memberships(u, world)
	var groups []string
	entitlement := ""
	switch {
	case subject == "":
		for _, m := range held {
			groups = append(groups, m.Group)
		}
	case strings.Contains(subject, ":"):
		address, err := identity.ParseEntitlement(subject)
		if err != nil {
			return nil, usageError{err}
		}
		entitlement = subject
		if groups = carriers(engine, held, address); len(groups) == 0 {
			return nil, &identity.Error{
				Kind: identity.NotFound, Op: "explain", Object: subject, Err: fmt.Errorf("no group of the policy carries it"),
				Hint: "`birthright group list` shows the groups",
			}
		}
	default:
		if _, ok := engine.Group(subject); !ok {
			return nil, &identity.Error{
				Kind: identity.NotFound, Op: "explain", Object: subject, Err: fmt.Errorf("there is no group of that name"),
				Hint: "`birthright group list` shows the groups",
			}
		}
		groups = []string{subject}
	}
	out := make([]explanation, 0, len(groups))
	for _, group := range groups {
		x := engine.Explain(u, world, group)
		e := explanation{User: u.UserName, Group: group, Entitlement: entitlement, Held: x.Held, Causes: x.Causes, Unmet: x.Unmet}
		if e.Causes == nil {
			e.Causes = []identity.Cause{}
		}
		if e.Unmet == nil {
			e.Unmet = []rules.Unmet{}
		}
		out = append(out, e)
	}
	return out, nil
}

// carriers returns the groups that carry an entitlement: those the user is in
// first, then those of the policy.
func carriers(engine *rules.Engine, held []identity.Membership, address identity.Entitlement) []string {
	var names []string
	for _, m := range held {
		names = append(names, m.Group)
	}
	names = append(names, engine.GroupNames()...)
	var out []string
	for _, name := range names {
		g, ok := engine.Group(name)
		if ok && slices.Contains(g.Access, address) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// explanationListing prints one answer as an object where one group was asked
// about, else a list of them.
func explanationListing(u identity.User, subject string, all []explanation) listing {
	l := listing{
		data: all, header: []string{"user", "group", "held", "because"},
		empty: u.UserName + " is in no group.",
	}
	if subject != "" && len(all) == 1 {
		l.data = all[0]
	}
	var b strings.Builder
	for _, x := range all {
		l.rows = append(l.rows, []string{x.User, x.Group, fmt.Sprint(x.Held), cmp.Or(because(x.Causes), unmetText(x.Unmet))})
		if x.Held {
			fmt.Fprintf(&b, "%s is in %s because of %s.\n", x.User, x.Group, because(x.Causes))
			continue
		}
		fmt.Fprintf(&b, "%s is not in %s:\n", x.User, x.Group)
		if len(x.Unmet) == 0 {
			b.WriteString("  no rule gives it\n")
		}
		for _, m := range x.Unmet {
			fmt.Fprintf(&b, "  %s\n", unmetLine(m))
		}
	}
	l.text = b.String()
	return l
}

func unmetText(unmet []rules.Unmet) string {
	lines := make([]string, len(unmet))
	for i, m := range unmet {
		lines[i] = unmetLine(m)
	}
	return strings.Join(lines, "; ")
}

func unmetLine(m rules.Unmet) string {
	text := m.Clause
	if m.Rule != "" {
		text = "rule " + m.Rule + ": " + text
	}
	if m.Value != "" {
		text += "  is  " + m.Value
	} else {
		text += "  is empty"
	}
	if m.Source != "" {
		text += "  (from " + m.Source + ")"
	}
	return text
}
