package intake

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// fewMembers is how many members one request may take out of any group. Beyond
// that, more than half of the group at once is for a person to look at: that is
// what a provider sends whose own directory broke, or whose filter somebody
// mistyped.
const fewMembers = 20

// emptiedID is the ID of the held row for a group: there is at most one.
func emptiedID(g identity.SourceGroup) string { return "members-" + g.ID }

// emptied is an edit that the guard stopped.
type emptied struct {
	group   identity.SourceGroup
	reason  string
	removed *roaring64.Bitmap
}

// guardMembers stops an edit that takes most of a large group away, unless
// somebody released it. It runs after the members changed and before the commit:
// its error undoes the edit, and the returned value is then to be held.
func (b *batch) guardMembers(ctx context.Context, g identity.SourceGroup, e GroupEdit, added, removed []store.MemberN) (*emptied, error) {
	if len(removed) < fewMembers || b.s.o.MaxMissingPercent >= 100 {
		if e.Replace { // whatever was held, the client says something else now
			return nil, b.tx.DropHeld(ctx, []string{emptiedID(g)})
		}
		return nil, nil
	}
	left, err := b.tx.CountMembers(ctx, g.N)
	if err != nil {
		return nil, err
	}
	before := int(left) + len(removed) - len(added)
	if 2*len(removed) <= before {
		return nil, nil
	}
	gone := memberBits(removed)
	released, refusal, err := b.lookedAt(ctx, g)
	if err != nil {
		return nil, err
	}
	if released != nil && gone.AndCardinality(released) == gone.GetCardinality() {
		return nil, b.tx.DropHeld(ctx, []string{emptiedID(g)})
	}
	held := &emptied{group: g, removed: gone, reason: fmt.Sprintf("this takes %d of the %d members out of group %s", len(removed), before, g.Name)}
	hint := fmt.Sprintf("Nothing was changed. Look at the source; if it is right: birthright held release %s --reason …, and send it again", emptiedID(g))
	if refusal != "" {
		hint = "Nothing was changed: " + refusal
	}
	return held, &identity.Error{Kind: identity.Held, Op: "source " + g.Source, Object: g.Name, Err: fmt.Errorf("%s", held.reason), Hint: hint}
}

// memberBits numbers members: records are even, groups odd.
func memberBits(members []store.MemberN) *roaring64.Bitmap {
	out := roaring64.New()
	for _, m := range members {
		bit := uint64(m.N) << 1
		if m.Group {
			bit |= 1
		}
		out.Add(bit)
	}
	return out
}

// lookedAt returns whom somebody let go from a group, nil for nobody, and who refused
// that and why, "" for nobody.
func (b *batch) lookedAt(ctx context.Context, g identity.SourceGroup) (released *roaring64.Bitmap, refusal string, err error) {
	row, err := b.tx.HeldByID(ctx, emptiedID(g))
	switch {
	case identity.KindOf(err) == identity.NotFound:
		return nil, "", nil
	case err != nil:
		return nil, "", err
	case !row.RefusedAt.IsZero():
		return nil, row.RefusedBy + " refused it: " + row.RefuseReason, nil
	case row.ReleasedAt.IsZero():
		return nil, "", nil
	}
	released, _, err = releasedOf(row)
	return released, "", err
}

// hold shows a stopped edit to people. The same edit again leaves the row, and
// the time it was first seen, alone.
func (s *Service) hold(ctx context.Context, e *emptied) error {
	members, err := e.removed.ToBase64()
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *store.Tx) error {
		row, err := tx.HeldByID(ctx, emptiedID(e.group))
		if err == nil && row.ReleasedAt.IsZero() && row.Data[dataPeople] == members {
			return nil
		}
		if err != nil && identity.KindOf(err) != identity.NotFound {
			return err
		}
		subject := groupSubject(e.group)
		return tx.SaveHeld(ctx, []store.HeldRow{{
			ID: emptiedID(e.group), Kind: HeldEmptied, Source: e.group.Source, Subject: subject, Action: "members", Reason: e.reason,
			Data: map[string]any{dataPeople: members, "members": e.removed.GetCardinality()}, Created: tx.Now(),
		}}, audit.Event{Actor: sourceActor(e.group.Source), Action: GroupHeld, Subject: subject, Detail: map[string]any{"reason": e.reason}})
	})
}
