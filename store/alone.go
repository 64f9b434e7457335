package store

import (
	"context"
	"database/sql"

	"birthright/migrations"
)

// alone runs one query outside of any transaction: a single statement sees one
// state of the database by itself, and to begin and end a transaction costs more
// than to look one row up.
func (db *DB) alone(ctx context.Context, op string, scan func(scanner) error, statement string, args ...any) error {
	rows, err := db.queryAlone(ctx, db.text(statement), args)
	if err == nil {
		err = drain(rows, scan)
	}
	return db.explain(op, err)
}

func (db *DB) queryAlone(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	args, err := db.arguments(args)
	if err != nil {
		return nil, err
	}
	if db.dialect == migrations.Postgres { // its driver keeps prepared statements
		return db.reader.DB.QueryContext(ctx, text, args...)
	}
	prepared, ok := db.prepared.Load(text)
	if !ok {
		s, err := db.reader.DB.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		if prepared, ok = db.prepared.LoadOrStore(text, s); ok {
			_ = s.Close() // somebody was faster
		}
	}
	return prepared.(*sql.Stmt).QueryContext(ctx, args...)
}

// closePrepared gives up the statements of alone.
func (db *DB) closePrepared() {
	db.prepared.Range(func(_, s any) bool {
		_ = s.(*sql.Stmt).Close() // what matters is how the connections end
		return true
	})
}
