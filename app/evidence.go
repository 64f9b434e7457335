package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"birthright/audit"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews/evidence"
	"birthright/store"
)

// Evidence writes the archive of a period to w, and its sums into the audit log under a
// name. What was written is worth nothing where it fails.
func (a *App) Evidence(ctx context.Context, from, until time.Time, by, name string, w io.Writer) (*hub.Evidence, error) {
	if err := a.checkPeriod(from, until); err != nil {
		return nil, err
	}
	out := &hub.Evidence{File: name, From: from.UTC().Truncate(time.Microsecond), Until: until.UTC().Truncate(time.Microsecond)}
	sum := sha256.New()
	err := a.Store.View(ctx, func(tx *store.Tx) error { return gather(ctx, tx, out, io.MultiWriter(w, sum)) })
	if err != nil {
		return nil, fmt.Errorf("make evidence %s: %w", name, err)
	}
	sum.Sum(out.SHA256[:0])
	return out, a.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(ctx, audit.Event{Actor: by, Action: "evidence.made", Subject: "evidence:" + filepath.Base(name), Detail: map[string]any{
			"from": out.From, "until": out.Until, "manifest_sha256": out.Manifest.String(), "sha256": out.SHA256.String(),
		}})
	})
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

// gather writes the archive of a period.
func gather(ctx context.Context, tx *store.Tx, e *hub.Evidence, to io.Writer) error {
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
