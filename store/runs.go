package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
)

// RunRow is one pass of the sync or an import.
type RunRow struct {
	ID, Target, Kind  string
	Started, Finished time.Time
	Complete          bool
	Counts            map[string]int
	Error             string
}

// RunQuery selects runs, newest first. Empty fields do not filter.
type RunQuery struct {
	Target, Kind string
	Limit        int // 0 for no bound
}

type runRow struct {
	bun.BaseModel `bun:"table:runs"`
	ID            string `bun:"id,pk"`
	Target        string `bun:"target"`
	Kind          string `bun:"kind"`
	Started       int64  `bun:"started"`
	Finished      int64  `bun:"finished"`
	Complete      bool   `bun:"complete"`
	Counts        string `bun:"counts"`
	Error         string `bun:"error"`
}

// SaveRun inserts or replaces a run, by ID.
func (tx *Tx) SaveRun(ctx context.Context, r RunRow, events ...audit.Event) error {
	counts, err := json.Marshal(r.Counts)
	if err != nil {
		return err
	}
	row := runRow{ID: r.ID, Target: r.Target, Kind: r.Kind, Started: micros(r.Started), Finished: micros(r.Finished),
		Complete: r.Complete, Counts: string(counts), Error: printable(r.Error)}
	_, err = tx.bun.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Exec(ctx)
	return tx.note(err, events)
}

// Runs returns the runs that q selects, newest first.
func (tx *Tx) Runs(ctx context.Context, q RunQuery) ([]RunRow, error) {
	var rows []runRow
	s := tx.bun.NewSelect().Model(&rows).Order("started DESC", "id DESC").Limit(int64(q.Limit))
	if q.Target != "" {
		s = s.Where("target = ?", q.Target)
	}
	if q.Kind != "" {
		s = s.Where("kind = ?", q.Kind)
	}
	if err := s.Scan(ctx); err != nil {
		return nil, err
	}
	out := make([]RunRow, len(rows))
	for i, r := range rows {
		out[i] = RunRow{ID: r.ID, Target: r.Target, Kind: r.Kind, Started: instant(r.Started), Finished: instant(r.Finished),
			Complete: r.Complete, Error: r.Error}
		if err := json.Unmarshal([]byte(r.Counts), &out[i].Counts); err != nil {
			return nil, err
		}
	}
	return out, nil
}
