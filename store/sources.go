package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
)

// SourceState is what is remembered of a source between imports.
type SourceState struct {
	Name, Cursor string
	// LastAt is the end of the last pull, LastCompleteAt of the last whole one; of
	// one that tells facts, its beginning: they are as old as that.
	LastAt, LastCompleteAt time.Time
	Seen                   int // records told by the last whole pull
	LastError              string
}

type sourceRow struct {
	bun.BaseModel  `bun:"table:sources"`
	Name           string `bun:"name,pk"`
	Cursor         string `bun:"cursor"`
	LastAt         int64  `bun:"last_at"`
	LastCompleteAt int64  `bun:"last_complete_at"`
	Seen           int64  `bun:"seen"`
	LastError      string `bun:"last_error"`
}

func (r sourceRow) state() SourceState {
	return SourceState{r.Name, r.Cursor, instant(r.LastAt), instant(r.LastCompleteAt), int(r.Seen), r.LastError}
}

// SourceState returns what is remembered of the source called name: for a new
// one, nothing but that.
func (tx *Tx) SourceState(ctx context.Context, name string) (SourceState, error) {
	var rows []sourceRow
	if err := tx.bun.NewSelect().Model(&rows).Where("name = ?", name).Scan(ctx); err != nil {
		return SourceState{}, err
	}
	if len(rows) == 0 {
		return SourceState{Name: name}, nil
	}
	return rows[0].state(), nil
}

// SourceStates returns what is remembered of all sources, by name.
func (tx *Tx) SourceStates(ctx context.Context) ([]SourceState, error) {
	var rows []sourceRow
	err := tx.bun.NewSelect().Model(&rows).Order("name").Scan(ctx)
	return mapped(rows, sourceRow.state), err
}

// SaveSourceState replaces what is remembered of a source.
func (tx *Tx) SaveSourceState(ctx context.Context, s SourceState, events ...audit.Event) error {
	row := sourceRow{Name: s.Name, Cursor: s.Cursor, LastAt: micros(s.LastAt), LastCompleteAt: micros(s.LastCompleteAt),
		Seen: int64(s.Seen), LastError: printable(s.LastError)}
	_, err := tx.bun.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Exec(ctx)
	return tx.note(err, events)
}

// mapped returns what to makes of each row.
func mapped[R, T any](rows []R, to func(R) T) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = to(row)
	}
	return out
}
