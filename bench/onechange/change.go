package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/internal/company"
	"birthright/scim/resource"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

const configuration = `
server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
policies: [policies/*.yaml]
sync: {guard: {max_removals: 1000000, max_removal_percent: 100}} # many move within a day here
sources: [{name: idp, kind: scim}]
targets:
  - {name: app, kind: memory, accounts: {create: true}}
  - {name: directory, kind: memory, accounts: {create: true}}
`

// samples is how many changes are timed, of as many people.
const samples = 150

// there is the department that people are moved to.
const there = "Sales"

// watched is a target that notes when it was last changed.
type watched struct {
	*memory.Target
	last atomic.Int64 // Unix nanoseconds
}

// Apply implements targets.Target.
func (w *watched) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := w.Target.Apply(ctx, ops)
	w.last.Store(time.Now().UnixNano())
	return results
}

// changeTask sets up a hub with nothing left to do, and moves people about.
func changeTask(ctx context.Context, args []string) (result measure.Result, err error) {
	people, err := strconv.Atoi(args[0])
	if err != nil {
		return result, err
	}
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	app, directory := &watched{Target: memory.New("app")}, memory.New("directory")
	h, err := hub.Open(ctx, dir, configuration, company.Policy(), map[string]targets.Target{"app": app, "directory": directory})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	if err := h.Fill(ctx, people); err != nil {
		return result, err
	}
	for name, target := range map[string]*memory.Target{"app": app.Target, "directory": directory} {
		if err := h.Provision(ctx, target, name); err != nil {
			return result, err
		}
	}
	if err := h.Adopt(ctx); err != nil {
		return result, err
	}
	client, err := h.Serve(ctx)
	if err != nil {
		return result, err
	}
	ids, err := h.Records(ctx, samples)
	if err != nil {
		return result, err
	}
	m := mover{h: h, client: client, target: app}
	// Once there and back, so that what is timed is the same among few and many:
	// the groups of the new department exist, and every record is as SCIM says it.
	for _, department := range []string{there, "Finance"} {
		for _, id := range ids {
			if _, err := m.move(ctx, id, department); err != nil {
				return result, err
			}
		}
	}
	return m.measure(ctx, dir, ids)
}

// mover moves people to another department.
type mover struct {
	h      *hub.Hub
	client *hub.Client
	target *watched
}

// times are when, after it was sent, a change was answered, was on the target,
// and had nothing left to do.
type times struct{ answered, applied, settled time.Duration }

func (m mover) move(ctx context.Context, id, department string) (t times, err error) {
	sent := time.Now()
	err = m.client.Replace(ctx, id, map[string]any{resource.EnterpriseURN: map[string]any{"department": department}})
	if err != nil {
		return t, err
	}
	t.answered = time.Since(sent)
	err = measure.Until(ctx, time.Minute, func() (bool, error) { return m.h.Idle(ctx) })
	t.settled = time.Since(sent)
	t.applied = time.Unix(0, m.target.last.Load()).Sub(sent)
	return t, err
}

func (m mover) measure(ctx context.Context, dir string, ids []string) (result measure.Result, err error) {
	measure.ForgetPeak()
	events, err := m.events(ctx)
	if err != nil {
		return result, err
	}
	ops := m.target.Counts().Ops
	took := map[string][]float64{}
	for _, id := range ids {
		t, err := m.move(ctx, id, there)
		if err != nil {
			return result, err
		}
		if t.applied < 0 {
			return result, fmt.Errorf("moving record %s changed nothing on the target", id)
		}
		took["answered"] = append(took["answered"], t.answered.Seconds())
		took["applied"] = append(took["applied"], t.applied.Seconds())
		took["settled"] = append(took["settled"], t.settled.Seconds())
	}
	after, err := m.events(ctx)
	if err != nil {
		return result, err
	}
	result.Counts = map[string]int{"ops": (m.target.Counts().Ops - ops) / len(ids), "events": (after - events) / len(ids)}
	if held, err := m.held(ctx); err != nil || held > 0 {
		return result, errors.Join(err, fmt.Errorf("a guard held %d removals", held))
	}
	if took["floor"], err = floor(ctx, dir, result.Counts["events"], len(ids)); err != nil {
		return result, err
	}
	result.Figures = map[string]float64{}
	for part, values := range took {
		result.Figures[part+" p50"], result.Figures[part+" p99"] = measure.Median(values), measure.Quantile(values, 0.99)
	}
	return result, nil
}

func (m mover) events(ctx context.Context) (n int, err error) {
	err = m.h.Store.View(ctx, func(tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		n = int(head.Seq)
		return err
	})
	return n, err
}

// held counts what a guard stopped: people who keep what they should lose cost
// less.
func (m mover) held(ctx context.Context) (n int, err error) {
	err = m.h.Store.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Held(ctx, store.HeldFilter{Kind: store.HeldRemoval})
		n = len(rows)
		return err
	})
	return n, err
}
