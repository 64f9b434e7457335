package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/store"
)

// withDatabase opens the database alone: what was kept can be looked at while
// the policy files have faults.
func (p *program) withDatabase(do func(ctx context.Context, db *store.DB, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		cfg, err := p.loadConfig()
		if err != nil {
			return err
		}
		db, err := app.OpenDatabase(cmd.Context(), cfg, app.Options{Now: time.Now, Log: p.log()})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return do(cmd.Context(), db, args)
	}
}
