package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"birthright/audit"
	"birthright/store"
)

func (p *program) backupCommand() *cobra.Command {
	var force, verify bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the whole database into a file, also while the hub runs",
		Long: `Copies the database as it is at one moment into a new file that only its owner can read,
reads it back, and says where its audit log ends. Writers need not stop. SQLite is copied
by itself; for PostgreSQL the programs pg_dump and pg_restore must be there.

The file holds everything that the hub knows of people, and hashes of tokens: keep it as
safe as the database. docs/operations.md tells how to restore it.`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if verify && force {
				return usageError{errors.New("--verify writes nothing: --force has no meaning with it")}
			}
			made, err := p.backup(cmd.Context(), args[0], force, verify)
			if err != nil {
				return err
			}
			return p.print(backupListing(made, verify))
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace the file if it is there")
	cmd.Flags().BoolVar(&verify, "verify", false, "write nothing: read a backup that was made before, to its end")
	return cmd
}

func (p *program) backup(ctx context.Context, file string, force, verify bool) (store.Backup, error) {
	if verify {
		return store.CheckBackup(ctx, file)
	}
	cfg, err := p.loadConfig()
	if err != nil {
		return store.Backup{}, err
	}
	url, err := cfg.DatabaseURL(ctx)
	if err != nil {
		return store.Backup{}, err
	}
	o := store.Options{Now: time.Now, Log: p.log()}
	made, err := store.MakeBackup(ctx, url, file, force, o)
	if err != nil {
		return made, err
	}
	return made, p.noteBackup(ctx, url, made, o)
}

// noteBackup puts on record that somebody took a copy of everything. A database that
// is older than the program, which is backed up before it is migrated, is left as it is.
func (p *program) noteBackup(ctx context.Context, url string, made store.Backup, o store.Options) error {
	db, err := store.Open(ctx, url, o)
	if err != nil {
		p.remark("warning: the backup is good, and is not in the audit log: %v", err)
		return nil
	}
	event := audit.Event{Actor: operator(), Action: "backup.made", Subject: "database", Detail: map[string]any{
		"file": made.File, "bytes": made.Bytes, "records": made.Head.Seq, "head": made.Head.Hash.String(),
	}}
	err = db.Update(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, event) })
	return errors.Join(err, db.Close())
}

func backupListing(b store.Backup, verified bool) listing {
	did := "was written and read back"
	if verified {
		did = "is whole"
	}
	row := []string{b.File, string(b.Dialect), strconv.FormatInt(b.Bytes, 10), strconv.FormatInt(b.Schema, 10), strconv.FormatInt(b.Head.Seq, 10), b.Head.Hash.String()}
	return listing{
		data: map[string]any{
			"file": b.File, "database": b.Dialect, "bytes": b.Bytes, "schema": b.Schema, "audit_records": b.Head.Seq, "audit_head": b.Head.Hash.String(),
		},
		header: []string{"file", "database", "bytes", "schema", "audit_records", "audit_head"}, rows: [][]string{row},
		text: fmt.Sprintf("%s %s: %s, %d bytes, schema %d.\nIts audit log ends with record %d, %s\n", visible(b.File), did, b.Dialect, b.Bytes, b.Schema, b.Head.Seq, b.Head.Hash),
	}
}
