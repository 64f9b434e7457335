package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

func (p *program) targetForgetCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "forget TARGET --reason TEXT",
		Short: "Forget who has what on a target that is no longer configured",
		Long: `Forgets what is remembered of a target that was taken out of the configuration: who has
an account and access there, and what it is owed. Grants of which something is left there
and nowhere else are no longer overdue. Nothing is changed on the target: say so of a
system that is no longer, or of which you have taken the access away yourself. One that
only moved or was renamed goes back into the configuration instead, under its old name.`,
		Args: takes(1, 1),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			forgotten, err := forgetTarget(ctx, a, args[0], strings.TrimSpace(reason))
			if err != nil {
				return err
			}
			return p.print(listing{
				data: forgotten, header: []string{"target", "accounts", "assignments"},
				rows: [][]string{{args[0], fmt.Sprint(forgotten.Accounts), fmt.Sprint(forgotten.Assignments)}},
			})
		}, func(a *app.App, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usageError{errors.New("--reason TEXT: it must be said why nobody looks after it any more")}
			}
			if _, err := a.Destination(args[0]); err == nil {
				return usageError{fmt.Errorf("%s is configured: take it out of the configuration first", args[0])}
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it is forgotten, as `TEXT` for the audit log")
	return cmd
}

// forgetTarget drops what is remembered of a target, on the record.
func forgetTarget(ctx context.Context, a *app.App, name, reason string) (f store.Forgotten, err error) {
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		states, err := tx.TargetStates(ctx)
		if err != nil {
			return err
		}
		for _, s := range states {
			if s.Name != name {
				continue
			}
			f, err = tx.ForgetTarget(ctx, s, audit.Event{
				Actor: a.Actor, Action: "target.forgotten", Subject: "target:" + name, Detail: map[string]any{"reason": reason},
			})
			return err
		}
		return &identity.Error{Kind: identity.NotFound, Op: "forget target " + name, Err: errors.New("nothing is remembered of a target of that name")}
	})
	return f, err
}
