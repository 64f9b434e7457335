package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
)

// RunRow is one pass over a target, or a run that somebody ordered, which has such passes
// as its parts.
type RunRow struct {
	ID, Target, Kind  string
	Started, Finished time.Time // Finished is zero while it goes on
	Complete          bool
	Counts            map[string]int
	Error             string
	// PartOf is the ordered run that a pass belongs to, "" for none.
	PartOf string
	// By is who ordered it, and Scope, as JSON, for what.
	By, Scope string
	// AliveAt is when the process that carries it out last said so, and Steps, as JSON,
	// how far it was then.
	AliveAt time.Time
	Steps   string
}

// RunQuery selects runs, newest first. Empty fields do not filter.
type RunQuery struct {
	Target, Kind string
	// PartsOf selects the passes of some ordered runs; Whole leaves such passes out.
	PartsOf []string
	Whole   bool
	// After is the position behind which to begin.
	After RunPosition
	Limit int // 0 for no bound
}

// RunPosition is where a run stands in the list; the zero one is before all.
type RunPosition struct {
	Started time.Time
	ID      string
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
	PartOf        string `bun:"part_of"`
	By            string `bun:"by_actor"`
	Scope         string `bun:"scope"`
	AliveAt       int64  `bun:"alive_at"`
	Steps         string `bun:"steps"`
}

func (r runRow) run() (RunRow, error) {
	out := RunRow{
		ID: r.ID, Target: r.Target, Kind: r.Kind, Started: instant(r.Started), Finished: instant(r.Finished), Complete: r.Complete, Error: r.Error,
		PartOf: r.PartOf, By: r.By, Scope: r.Scope, AliveAt: instant(r.AliveAt), Steps: r.Steps,
	}
	return out, json.Unmarshal([]byte(r.Counts), &out.Counts)
}

// SaveRun inserts or replaces a run, by ID.
func (tx *Tx) SaveRun(ctx context.Context, r RunRow, events ...audit.Event) error {
	counts, err := json.Marshal(r.Counts)
	if err != nil {
		return err
	}
	row := runRow{
		ID: r.ID, Target: r.Target, Kind: r.Kind, Started: micros(r.Started), Finished: micros(r.Finished),
		Complete: r.Complete, Counts: string(counts), Error: printable(r.Error),
		PartOf: r.PartOf, By: r.By, Scope: r.Scope, AliveAt: micros(r.AliveAt), Steps: r.Steps,
	}
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
	if len(q.PartsOf) > 0 {
		s = s.Where("part_of IN ?", bun.Tuple(q.PartsOf))
	}
	if q.Whole {
		s = s.Where("part_of = ''")
	}
	if q.After != (RunPosition{}) {
		s = s.Where("(started, id) < (?, ?)", micros(q.After.Started), q.After.ID)
	}
	if err := s.Scan(ctx); err != nil {
		return nil, err
	}
	out := make([]RunRow, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.run(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Run returns one run; kind NotFound where there is none.
func (tx *Tx) Run(ctx context.Context, id string) (RunRow, error) {
	var rows []runRow
	if isText(id) {
		if err := tx.bun.NewSelect().Model(&rows).Where("id = ?", id).Scan(ctx); err != nil {
			return RunRow{}, err
		}
	}
	if len(rows) == 0 {
		return RunRow{}, notFound("run", id)
	}
	return rows[0].run()
}

// KeepRunReport keeps what a run came to, as JSON, and forgets all but the newest so many.
func (tx *Tx) KeepRunReport(ctx context.Context, run string, report json.RawMessage, keep int) error {
	packed, err := pack(report)
	if err != nil {
		return err
	}
	columns := concat(words("run"), ints("at"), blobs("body"))
	into := bulk{"run_reports", columns, replacing("run", columns)}
	err = into.write(ctx, tx, 1, func(_ int, v []any) { v[0], v[1], v[2] = run, micros(tx.now), packed })
	if err != nil {
		return err
	}
	return tx.note(tx.exec(ctx, "DELETE FROM run_reports WHERE run NOT IN (SELECT run FROM run_reports ORDER BY at DESC, run DESC LIMIT ?)", int64(keep)), nil)
}

// RunReport returns what a run came to; nil where that is not kept, or not any more.
func (tx *Tx) RunReport(ctx context.Context, run string) (json.RawMessage, error) {
	if !isText(run) {
		return nil, nil
	}
	found, err := list(ctx, tx, func(row scanner) (packed []byte, err error) { return packed, row.Scan(&packed) }, "SELECT body FROM run_reports WHERE run = ?", run)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return unpack[json.RawMessage](found[0])
}

// HasRunReport reports whether it is kept what a run came to.
func (tx *Tx) HasRunReport(ctx context.Context, run string) (bool, error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM run_reports WHERE run = ?", run)
	return n > 0, err
}
