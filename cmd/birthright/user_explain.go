package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
)

func (p *program) userExplainCommand() *cobra.Command {
	var lose bool
	cmd := &cobra.Command{
		Use:   "explain USER [GROUP | ENTITLEMENT]",
		Short: "Say why access is held, or why not, down to the clause of the rule",
		Long: `Says what gives a group and what that depends on; or which clauses fail, what they
read, which source said so and how long ago, and the smallest change by which the
user would get it. Of an entitlement, TARGET:KIND/ID, it answers for every group that
carries it. With neither, it lists what is held, and what rules give and something
keeps away.`,
		Args: takes(1, 2),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			question, err := questionOf(args[1:], lose)
			if err != nil {
				return err
			}
			all, err := o.Hub.Explain(ctx, actor, args[0], question)
			if err != nil {
				return err
			}
			return p.print(explanationListing(args[0], len(args) == 2, all))
		}),
	}
	cmd.Flags().BoolVar(&lose, "lose", false, "of what is held: the smallest change by which it would be lost")
	return cmd
}

// questionOf reads what is asked about: a group, an entitlement or nothing.
func questionOf(args []string, lose bool) (reconcile.Question, error) {
	q := reconcile.Question{Lose: lose}
	if len(args) == 0 {
		return q, nil
	}
	if !strings.Contains(args[0], ":") {
		q.Group = args[0]
		return q, nil
	}
	address, err := identity.ParseEntitlement(args[0])
	if err != nil {
		return q, usageError{err}
	}
	q.Entitlement = address
	return q, nil
}

// explanationListing prints one answer as an object where one group was asked
// about, else a list of them.
func explanationListing(user string, asked bool, all []reconcile.Explained) listing {
	l := listing{
		data: all, header: []string{"user", "group", "held", "because"},
		empty: user + " is in no group.",
	}
	if asked && len(all) == 1 {
		l.data = all[0]
	}
	texts := make([]string, 0, len(all))
	for _, x := range all {
		l.rows = append(l.rows, []string{x.User, x.Group, fmt.Sprint(x.Held), cmp.Or(because(x.Causes), unmetText(x.Unmet))})
		texts = append(texts, explanationText(x, asked))
	}
	between := ""
	if asked {
		between = "\n"
	}
	l.text = strings.Join(texts, between)
	return l
}

func unmetText(unmet []rules.Unmet) string {
	lines := make([]string, len(unmet))
	for i, m := range unmet {
		lines[i] = m.Clause
		if m.Rule != "" {
			lines[i] = "rule " + m.Rule + ": " + m.Clause
		}
	}
	return strings.Join(lines, "; ")
}
