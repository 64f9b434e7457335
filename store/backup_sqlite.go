package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"path/filepath"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"birthright/audit"
	"birthright/migrations"
)

// checkCopy reads a copy of a SQLite file: its pages and indexes, the schema, and the
// chain of the audit log to its end.
func checkCopy(ctx context.Context, file string, b *Backup) error {
	copied, err := openCopy(file)
	if err != nil {
		return damaged(file, err)
	}
	defer copied.Close()
	var verdict string
	if err := copied.reader.DB.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil || verdict != "ok" {
		return damaged(file, errors.Join(err, fmt.Errorf("SQLite says of it: %s", verdict)))
	}
	steps, err := migrations.Status(ctx, copied.reader.DB, migrations.SQLite)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.Applied {
			b.Schema = s.Version
		}
	}
	if b.Schema == 0 {
		return damaged(file, errors.New("it holds no tables of Birthright"))
	}
	return copied.View(ctx, func(tx *Tx) error {
		b.Head, err = tx.AuditHead(ctx)
		if err != nil {
			return err
		}
		found, err := audit.Verify(tx.auditRecords(ctx), audit.Head{}, b.Head)
		if err == nil && !found.OK {
			err = damaged(file, fmt.Errorf("its audit log was changed; first bad record: %d. %s", found.FirstBad, found.Reason))
		}
		return err
	})
}

// openCopy opens a file that nobody writes to, and leaves nothing beside it.
func openCopy(file string) (*DB, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: "mode=ro&immutable=1"}
	opened, err := openKeeping(u.String())
	if err != nil {
		return nil, err
	}
	reader := bun.NewDB(pool(opened, 2), sqlitedialect.New())
	return &DB{
		o: Options{}.filled(), dialect: migrations.SQLite, hide: func(err error) error { return err },
		reader: reader, writer: reader, locks: fileLocks(path),
	}, nil
}

// auditRecords is the whole log, for a check of its chain.
func (tx *Tx) auditRecords(ctx context.Context) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		enough := errors.New("enough")
		err := tx.EachAudit(ctx, AuditQuery{}, func(r audit.Record) error {
			if !yield(r, nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(audit.Record{}, err)
		}
	}
}
