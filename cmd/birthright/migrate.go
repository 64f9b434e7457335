package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"birthright/migrations"
	"birthright/store"
)

func (p *program) migrateCommand() *cobra.Command {
	return p.family("migrate", "The database's tables", p.migrateUpCommand(), p.migrateStatusCommand())
}

func (p *program) migrateUpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "up",
		Short: "Bring the database's tables up to this program",
		Args:  takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.loadConfig()
			if err != nil {
				return err
			}
			url, err := cfg.DatabaseURL(cmd.Context())
			if err != nil {
				return err
			}
			steps, err := store.Migrate(cmd.Context(), url, store.Options{Log: p.log()})
			if err != nil {
				return err
			}
			return p.print(migrationListing(steps, "The tables are up to date already."))
		},
	}
}

func (p *program) migrateStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show which migrations are applied; exits with 1 where some are not",
		Args:  takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.loadConfig()
			if err != nil {
				return err
			}
			url, err := cfg.DatabaseURL(cmd.Context())
			if err != nil {
				return err
			}
			steps, err := store.MigrationStatus(cmd.Context(), url, store.Options{Log: p.log()})
			if err != nil {
				return err
			}
			if err := p.print(migrationListing(steps, "")); err != nil {
				return err
			}
			for _, s := range steps {
				if !s.Applied {
					return codeError{code: exitFailed}
				}
			}
			return nil
		},
	}
}

func migrationListing(steps []migrations.Step, empty string) listing {
	if steps == nil {
		steps = []migrations.Step{}
	}
	l := listing{data: steps, header: []string{"version", "name", "applied"}, empty: empty}
	for _, s := range steps {
		l.rows = append(l.rows, []string{strconv.FormatInt(s.Version, 10), s.Name, strconv.FormatBool(s.Applied)})
	}
	return l
}
