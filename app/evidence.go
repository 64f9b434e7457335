package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/reviews/evidence"
	"birthright/store"
)

// Evidence is an archive that was made.
type Evidence struct {
	File     string     `json:"file"`
	From     time.Time  `json:"from"`
	Until    time.Time  `json:"until"`
	Manifest audit.Hash `json:"manifest_sha256"`
	SHA256   audit.Hash `json:"sha256"`
	NotRead  []string   `json:"targets_not_read"`
}

// MakeEvidence writes the archive of a period into a new file, and its sums into the
// audit log. Where it fails, there is no file.
func (a *App) MakeEvidence(ctx context.Context, from, until time.Time, path string) (*Evidence, error) {
	if err := a.checkPeriod(from, until); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, &identity.Error{Kind: identity.Conflict, Op: "make evidence", Object: path, Err: os.ErrExist, Hint: "evidence is never written over; choose another name"}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".evidence-*") // only its owner reads it
	if err != nil {
		return nil, fmt.Errorf("make evidence: %w", err)
	}
	defer os.Remove(f.Name()) // what it was linked to stays
	out := &Evidence{File: path, From: from.UTC().Truncate(time.Microsecond), Until: until.UTC().Truncate(time.Microsecond)}
	sum := sha256.New()
	err = a.Store.View(ctx, func(tx *store.Tx) error { return out.write(ctx, tx, io.MultiWriter(f, sum)) })
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("make evidence %s: %w", path, err)
	}
	sum.Sum(out.SHA256[:0])
	return out, a.publish(ctx, f.Name(), out)
}

// publish gives a finished archive its name, and notes it. A file of that name that came
// meanwhile is not written over.
func (a *App) publish(ctx context.Context, finished string, e *Evidence) error {
	if err := os.Link(finished, e.File); err != nil {
		return fmt.Errorf("make evidence: %w", err)
	}
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(ctx, audit.Event{Actor: a.Actor, Action: "evidence.made", Subject: "evidence:" + filepath.Base(e.File), Detail: map[string]any{
			"from": e.From, "until": e.Until, "manifest_sha256": e.Manifest.String(), "sha256": e.SHA256.String(),
		}})
	})
	if err != nil {
		return errors.Join(err, os.Remove(e.File))
	}
	return nil
}

func (a *App) checkPeriod(from, until time.Time) error {
	why := ""
	switch {
	case from.IsZero() || until.IsZero():
		why = "it has no beginning or no end"
	case !from.Before(until):
		why = "it ends before it has begun"
	case until.After(a.Now()):
		why = "it has not ended yet"
	}
	if why == "" {
		return nil
	}
	return &identity.Error{
		Kind: identity.Invalid, Op: "make evidence", Object: fmt.Sprintf("from %s until %s", from.UTC().Format(time.RFC3339), until.UTC().Format(time.RFC3339)),
		Err: errors.New("there is no such period: " + why), Hint: "--from TIME --until TIME, both past",
	}
}

// collector gathers the rows of a period from one snapshot.
type collector struct {
	ctx      context.Context
	tx       *store.Tx
	out      *evidence.Writer
	manifest evidence.Manifest
	policies map[int64]store.PolicyRow
}

func (e *Evidence) write(ctx context.Context, tx *store.Tx, to io.Writer) error {
	c := &collector{ctx: ctx, tx: tx, out: evidence.NewWriter(to, e.Until), policies: map[int64]store.PolicyRow{}}
	c.manifest = evidence.Manifest{From: e.From, Until: e.Until, NotRead: []string{}}
	began, err := tx.HistoryBegan(ctx)
	if err != nil {
		return err
	}
	c.manifest.KnownSince = known(began)
	if err := c.out.Add(evidence.ReadmeFile, func(w io.Writer) error { return evidence.WriteReadme(w, &c.manifest) }); err != nil {
		return err
	}
	rows, err := tx.Policies(ctx, 0)
	if err != nil {
		return err
	}
	for _, p := range rows {
		c.policies[p.N] = p
	}
	for _, step := range []func() error{
		c.people, c.memberships, c.observed, c.requests, c.grants, c.decisions, c.revocations, c.orders, c.changes, c.runs, func() error { return c.policyFiles(rows) }, c.log,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	e.NotRead = c.manifest.NotRead
	e.Manifest, err = c.out.Close(c.manifest)
	return err
}

// known is an instant, nil for none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// by is an instant before the end of the period, nil for a later one.
func (c *collector) by(t time.Time) *time.Time {
	if !t.Before(c.manifest.Until) {
		return nil
	}
	return known(t)
}

// overlaps reports whether what was so from from until until, zero for still, was so
// at some moment of the period.
func (c *collector) overlaps(from, until time.Time) bool {
	return from.Before(c.manifest.Until) && (until.IsZero() || until.After(c.manifest.From))
}
