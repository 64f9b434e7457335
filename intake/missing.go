package intake

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"birthright/audit"
	"birthright/directory"
	"birthright/identity"
	"birthright/store"
)

// fewGroups is how many groups may vanish without a guard: a source with a
// single group may well delete it.
const fewGroups = 2

// missingID is the ID of the held row for source: there is at most one.
func missingID(source string) string { return "missing-" + source }

// census finds who and which groups were known and were not told.
func (p *pull) census(ctx context.Context, sf *sift) error {
	p.missing = roaring64.New()
	return p.s.db.View(ctx, func(tx *store.Tx) error {
		if !p.end.Complete {
			return p.reportedGone(ctx, tx)
		}
		live, err := tx.LiveRecords(ctx, p.name)
		if err != nil {
			return err
		}
		p.known = len(live)
		for _, n := range live {
			p.missing.Add(uint64(n))
		}
		p.missing.AndNot(sf.seen)
		return p.lostGroups(ctx, tx, sf)
	})
}

// reportedGone takes the leavers from a pull that told only what changed.
func (p *pull) reportedGone(ctx context.Context, tx *store.Tx) error {
	if len(p.end.Gone) == 0 {
		return nil
	}
	live, err := tx.LiveRecords(ctx, p.name)
	if err != nil {
		return err
	}
	p.known = len(live)
	states, err := tx.RecordDigests(ctx, p.name, p.end.Gone)
	if err != nil {
		return err
	}
	for _, state := range states {
		if state.Live {
			p.missing.Add(uint64(state.N))
		}
	}
	return nil
}

// lostGroups finds the groups that were not told.
func (p *pull) lostGroups(ctx context.Context, tx *store.Tx, sf *sift) error {
	groups, _, err := tx.SourceGroups(ctx, store.SourceGroupQuery{Source: p.name})
	if err != nil {
		return err
	}
	p.knownGroups = len(groups)
	told := map[string]bool{}
	for batch, err := range sf.groups.groups(ctx, groupBatch) {
		if err != nil {
			return err
		}
		for _, g := range batch {
			if told[g.group.Key] {
				return sf.twice(g.group.Key)
			}
			told[g.group.Key] = true
		}
	}
	p.lost = roaring64.New()
	for _, g := range groups {
		if !told[g.Key] {
			p.lost.Add(uint64(g.N))
		}
	}
	return nil
}

// guard holds the pull whole when too many are missing. People whose absence
// somebody released count as already gone, so that a release lets through the
// set it was given for, or a part of it, and nothing that came on top.
func (p *pull) guard(ctx context.Context) error {
	if p.missing.IsEmpty() && (p.lost == nil || p.lost.IsEmpty()) {
		return nil
	}
	row, err := p.heldRow(ctx)
	if err != nil {
		return err
	}
	freePeople, freeGroups, err := releasedOf(row)
	if err != nil {
		return err
	}
	reason := p.excess(p.missing, p.known, freePeople, "people", 0)
	if reason == "" {
		reason = p.excess(p.lost, p.knownGroups, freeGroups, "groups", fewGroups)
	}
	if reason == "" {
		return nil
	}
	id := missingID(p.name)
	p.report.Held = append(p.report.Held, HeldItem{ID: id, Subject: "source:" + p.name, Reason: reason})
	if err := p.hold(ctx, row, reason); err != nil {
		return err
	}
	if p.refused(row) {
		return &identity.Error{Kind: identity.Held, Op: "import " + p.name, Err: errors.New(reason),
			Hint: fmt.Sprintf("%s refused to take them for gone: %s; correct the source", row.RefusedBy, row.RefuseReason)}
	}
	return &identity.Error{Kind: identity.Held, Op: "import " + p.name, Err: errors.New(reason),
		Hint: fmt.Sprintf("look at the source; if they are really gone: birthright held release %s --reason …", id)}
}

// excess asks the guard about what is missing beyond the released ones.
func (p *pull) excess(missing *roaring64.Bitmap, known int, free *roaring64.Bitmap, noun string, few int) string {
	if missing == nil {
		return ""
	}
	covered := int(missing.AndCardinality(free))
	beyond := int(missing.GetCardinality()) - covered
	if beyond <= few {
		return ""
	}
	_, reason := directory.MissingGuard(directory.Census{Source: p.name, Noun: noun, Known: known - covered, Missing: beyond}, p.s.o.MaxMissingPercent)
	return reason
}

// heldRow returns the source's row, zero when there is none.
func (p *pull) heldRow(ctx context.Context) (row store.HeldRow, err error) {
	err = p.s.db.View(ctx, func(tx *store.Tx) error {
		row, err = tx.HeldByID(ctx, missingID(p.name))
		if identity.KindOf(err) == identity.NotFound {
			row, err = store.HeldRow{}, nil
		}
		return err
	})
	return row, err
}

// hold shows the missing set to people, once: the same set again leaves the
// row, and the time it was first seen, alone.
func (p *pull) hold(ctx context.Context, row store.HeldRow, reason string) error {
	data, digest, err := p.evidence()
	if err != nil {
		return err
	}
	if row.ID != "" && row.ReleasedAt.IsZero() && row.Data["digest"] == digest {
		return nil
	}
	return p.s.db.Update(ctx, func(tx *store.Tx) error {
		return tx.SaveHeld(ctx, []store.HeldRow{{
			ID: missingID(p.name), Kind: HeldMissing, Source: p.name, Subject: "source:" + p.name, Action: "import",
			Reason: reason, Data: data, Created: tx.Now(),
		}}, audit.Event{Actor: sourceActor(p.name), Action: ImportHeld, Subject: "source:" + p.name, Detail: map[string]any{"reason": reason}})
	})
}

// refused reports whether a person said of just what is missing now that it must not be
// taken for gone.
func (p *pull) refused(row store.HeldRow) bool {
	_, digest, err := p.evidence()
	return err == nil && !row.RefusedAt.IsZero() && row.Data["digest"] == digest
}

// The keys of HeldRow.Data.
const (
	dataPeople = "people"
	dataGroups = "groups"
)

// evidence is the missing set as it is kept: numbers as bitmaps, and counts.
func (p *pull) evidence() (data map[string]any, digest string, err error) {
	people, err := p.missing.ToBase64()
	if err != nil {
		return nil, "", err
	}
	lost := p.lost
	if lost == nil {
		lost = roaring64.New()
	}
	groups, err := lost.ToBase64()
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256([]byte(people + " " + groups))
	digest = hex.EncodeToString(sum[:8])
	return map[string]any{
		"digest": digest, dataPeople: people, dataGroups: groups,
		"known": p.known, "missing": p.missing.GetCardinality(),
		"known_groups": p.knownGroups, "missing_groups": lost.GetCardinality(),
	}, digest, nil
}

// Concerned returns up to limit of the records, and of the groups, of a source that a held
// row is about, by number; none for one that is about a single thing.
func Concerned(row store.HeldRow, limit int) (records, groups []int64, err error) {
	row.ReleasedAt = row.Created // whether it was or not
	people, others, err := releasedOf(row)
	if err != nil {
		return nil, nil, err
	}
	for it := people.Iterator(); it.HasNext() && len(records)+len(groups) < limit; {
		switch n := it.Next(); {
		case row.Kind != HeldEmptied:
			records = append(records, int64(n))
		case n&1 == 0:
			records = append(records, int64(n>>1))
		default:
			groups = append(groups, int64(n>>1))
		}
	}
	for it := others.Iterator(); it.HasNext() && len(groups) < limit; {
		groups = append(groups, int64(it.Next()))
	}
	return records, groups, nil
}

// releasedOf returns the sets that a person let go with row; empty ones where
// nobody did.
func releasedOf(row store.HeldRow) (people, groups *roaring64.Bitmap, err error) {
	people, groups = roaring64.New(), roaring64.New()
	if row.ReleasedAt.IsZero() {
		return people, groups, nil
	}
	for name, set := range map[string]*roaring64.Bitmap{dataPeople: people, dataGroups: groups} {
		text, _ := row.Data[name].(string)
		raw, err := base64.StdEncoding.DecodeString(text)
		if err == nil && len(raw) > 0 {
			err = set.UnmarshalBinary(raw)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("held row %s: the released set is damaged: %w", row.ID, err)
		}
	}
	return people, groups, nil
}

// clearHeld forgets the source's row: what it held is done, or is not so any more.
func (p *pull) clearHeld(ctx context.Context, tx *store.Tx) error {
	_, err := tx.HeldByID(ctx, missingID(p.name))
	switch {
	case err == nil:
		return tx.DropHeld(ctx, []string{missingID(p.name)})
	case identity.KindOf(err) == identity.NotFound:
		return nil
	}
	return err
}

// countHeld puts the source's held records into the report.
func (p *pull) countHeld(ctx context.Context, tx *store.Tx) error {
	records, total, err := tx.Records(ctx, store.RecordQuery{Source: p.name, Held: true, Limit: maxHeldItems})
	if err != nil {
		return err
	}
	p.report.Ambiguous = total
	for _, r := range records {
		p.report.Held = append(p.report.Held, HeldItem{ID: r.ID, Subject: recordSubject(r), Reason: r.HeldReason})
	}
	return nil
}
