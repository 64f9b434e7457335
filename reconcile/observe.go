package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/store"
)

// What a look at the whole target shows of who holds what is kept, whoever gave it:
// reports and reviews find in it what no rule and no grant explains. It is kept as
// what changed since the last look, so that a look that shows the same writes next to
// nothing, and says of everything since when it was seen.

// observe keeps what a look at the whole target showed. Runs over everybody take turns,
// so what is kept is read and compared before the transaction that writes, which so holds
// up nobody for long. An order that ends in between writes of it as well; if its account
// is in a layer that changed, that is as it was until the next look.
func (a *applier) observe(ctx context.Context) error {
	if !a.whole {
		return nil
	}
	w := watch{applier: a, at: a.seenAt.UTC().Truncate(time.Microsecond)}
	if err := a.Store.View(ctx, func(tx *store.Tx) error { return w.load(ctx, tx) }); err != nil {
		return err
	}
	strangers, err := w.nameHolders(ctx)
	if err != nil {
		return err
	}
	w.compare()
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SaveStrangers(ctx, strangers); err != nil {
			return err
		}
		if err := tx.SaveHoldings(ctx, w.changed(), w.past); err != nil {
			return err
		}
		return tx.SaveSighting(ctx, w.sighting())
	})
}

// watch is one look at a whole target beside what the looks before it showed.
type watch struct {
	*applier
	at     time.Time
	before store.Sighting
	// layers are who held what, by what.
	layers map[held][]store.HoldingLayer
	// strangers are the accounts without a user that are known, by native id, and
	// were the holders by whose number an account was known, where that is another now.
	known map[string]*store.Stranger
	was   map[uint32]uint32
	isNow map[uint32]uint32 // the reverse of was
	// holders are the numbers of the accounts, in their order; 0 for one that was never
	// known and that several people claim.
	holders []uint32
	now     map[held]*roaring.Bitmap
	touched map[layerKey]store.HoldingLayer
	past    []store.PastHolding
}

// held is what somebody holds, and how.
type held struct {
	ent      int64
	indirect bool
}

type layerKey struct {
	held
	since int64
}

func (w *watch) load(ctx context.Context, tx *store.Tx) (err error) {
	if w.before, err = tx.Sighting(ctx, w.state.N); err != nil {
		return err
	}
	layers, err := tx.HoldingsOn(ctx, w.state.N)
	if err != nil {
		return err
	}
	w.layers = map[held][]store.HoldingLayer{}
	for _, l := range layers {
		of := held{l.EntN, l.Indirect}
		w.layers[of] = append(w.layers[of], l)
	}
	strangers, err := tx.StrangersOn(ctx, w.state.N)
	w.known = make(map[string]*store.Stranger, len(strangers))
	for i := range strangers {
		w.known[strangers[i].NativeID] = &strangers[i]
	}
	return err
}

// nameHolders gives every account its number: its user's, or one of its own. What was
// known of an account under another number is carried along. It returns the accounts
// without a user that are to be kept otherwise than they are.
func (w *watch) nameHolders(ctx context.Context) ([]*store.Stranger, error) {
	owners := make(map[string]int64, len(w.rows))
	for n, row := range w.rows {
		if row.NativeID != "" {
			owners[row.NativeID] = n
		}
	}
	w.holders = make([]uint32, len(w.accounts))
	w.was, w.isNow = map[uint32]uint32{}, map[uint32]uint32{}
	fresh, there := map[int]*store.Stranger{}, map[string]bool{}
	for i := range w.accounts {
		id := w.accounts[i].ID
		switch {
		case w.owner[i] != 0:
			w.owned(i, owners[id])
			continue
		case w.disputed[i]:
			w.holders[i] = w.lastKnown(w.known[id], owners[id])
		default:
			if s := w.stranger(i); s != nil {
				fresh[i] = s
			}
		}
		there[id] = true
	}
	changed := w.changedStrangers(fresh, there)
	if err := w.numberStrangers(ctx, changed); err != nil {
		return nil, err
	}
	for i, s := range fresh {
		w.holders[i] = uint32(s.N)
		if old := owners[s.NativeID]; old != 0 {
			w.renamed(uint32(old), uint32(s.N))
		}
	}
	return changed, nil
}

// numberStrangers gives those a number that are new. A run that is killed before it has
// kept them leaves numbers that nobody has.
func (w *watch) numberStrangers(ctx context.Context, changed []*store.Stranger) error {
	if !slices.ContainsFunc(changed, func(s *store.Stranger) bool { return s.N == 0 }) {
		return nil
	}
	return w.Store.Update(ctx, func(tx *store.Tx) error { return tx.NumberStrangers(ctx, changed) })
}

// owned gives the i-th account, which was known as old's, the number of its user.
func (w *watch) owned(i int, old int64) {
	w.holders[i] = uint32(w.owner[i])
	if s := w.known[w.accounts[i].ID]; s != nil && s.Until.IsZero() {
		w.renamed(uint32(s.N), w.holders[i])
	} else if old != 0 && old != w.owner[i] {
		w.renamed(uint32(old), w.holders[i])
	}
}

// stranger gives the i-th account, which is nobody's, its own number, and returns it
// where it is new or not as it was.
func (w *watch) stranger(i int) *store.Stranger {
	found := &w.accounts[i]
	s := w.known[found.ID]
	if s == nil {
		s = &store.Stranger{TargetN: w.state.N, NativeID: found.ID, Since: w.at}
	} else if s.Name == found.Name && s.Active == found.Active && s.Until.IsZero() {
		w.holders[i] = uint32(s.N)
		return nil
	}
	s.Name, s.Active, s.Until = found.Name, found.Active, time.Time{}
	return s
}

// changedStrangers are those that are new or changed, and those that are there no more,
// in order.
func (w *watch) changedStrangers(fresh map[int]*store.Stranger, there map[string]bool) []*store.Stranger {
	out := make([]*store.Stranger, 0, len(fresh))
	for _, s := range fresh {
		out = append(out, s)
	}
	for id, s := range w.known {
		if s.Until.IsZero() && !there[id] {
			s.Until = w.at
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y *store.Stranger) int { return cmp.Compare(x.NativeID, y.NativeID) })
	return out
}

// lastKnown is under which number an account was known that several people claim now.
func (w *watch) lastKnown(s *store.Stranger, owner int64) uint32 {
	if s != nil && s.Until.IsZero() {
		return uint32(s.N)
	}
	return uint32(owner)
}

func (w *watch) renamed(from, to uint32) { w.was[to], w.isNow[from] = from, to }

// compare finds what has come and gone since the last look.
func (w *watch) compare() {
	w.now = w.holding()
	w.touched = map[layerKey]store.HoldingLayer{}
	for _, of := range w.everything() {
		now := w.now[of]
		if now == nil {
			now = roaring.New()
		}
		had := roaring.New()
		for _, l := range w.layers[of] {
			had.Or(l.Holders)
		}
		w.gone(of, roaring.AndNot(had, now))
		w.come(of, roaring.AndNot(now, had))
	}
	slices.SortFunc(w.past, func(x, y store.PastHolding) int {
		return cmp.Or(cmp.Compare(x.Holder, y.Holder), cmp.Compare(x.EntN, y.EntN))
	})
}

// holding is who holds what now.
func (w *watch) holding() map[held]*roaring.Bitmap {
	lists := map[held][]uint32{}
	for _, o := range w.observed {
		if n := w.holders[o.account]; n != 0 {
			of := held{w.ents.settled(o.ent), o.indirect}
			lists[of] = append(lists[of], n)
		}
	}
	out := make(map[held]*roaring.Bitmap, len(lists))
	for of, list := range lists {
		slices.Sort(list)
		set := roaring.New()
		set.AddMany(list)
		set.RunOptimize()
		out[of] = set
	}
	for of, set := range out {
		if direct := out[held{of.ent, false}]; of.indirect && direct != nil {
			set.AndNot(direct) // held by itself, too
		}
	}
	return out
}

// everything is all that is held or was, in order.
func (w *watch) everything() []held {
	var out []held
	for of := range w.now {
		out = append(out, of)
	}
	for of := range w.layers {
		if w.now[of] == nil {
			out = append(out, of)
		}
	}
	slices.SortFunc(out, func(x, y held) int {
		if x.ent == y.ent && x.indirect != y.indirect {
			if y.indirect {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.ent, y.ent)
	})
	return out
}

// gone takes holders out of the layers that they are in. What is held under another
// number or in another way now is not over.
func (w *watch) gone(of held, gone *roaring.Bitmap) {
	if gone.IsEmpty() {
		return
	}
	for _, l := range w.layers[of] {
		leaving := roaring.And(l.Holders, gone)
		if leaving.IsEmpty() {
			continue
		}
		w.layer(of, l.Since).AndNot(leaving)
		for it := leaving.Iterator(); it.HasNext(); {
			if n := it.Next(); !w.stillHeld(of.ent, n) {
				w.past = append(w.past, store.PastHolding{Holder: int64(n), TargetN: w.state.N, EntN: of.ent, Since: l.Since, Until: w.at})
			}
		}
	}
}

func (w *watch) stillHeld(ent int64, n uint32) bool {
	if to, moved := w.isNow[n]; moved {
		n = to
	}
	for _, indirect := range []bool{false, true} {
		if set := w.now[held{ent, indirect}]; set != nil && set.Contains(n) {
			return true
		}
	}
	return false
}

// come puts holders into the layer of the time since when they hold it.
func (w *watch) come(of held, fresh *roaring.Bitmap) {
	bySince := map[time.Time][]uint32{}
	for it := fresh.Iterator(); it.HasNext(); {
		n := it.Next()
		since := w.heldSince(of, n)
		bySince[since] = append(bySince[since], n)
	}
	for since, list := range bySince {
		set := w.layer(of, since)
		set.AddMany(list)
		set.RunOptimize()
	}
}

// heldSince is when somebody was first seen to hold what was not known under their
// number and in this way.
func (w *watch) heldSince(of held, n uint32) time.Time {
	names := []uint32{n}
	if was, renamed := w.was[n]; renamed {
		names = append(names, was)
	}
	for _, name := range names {
		for _, indirect := range []bool{false, true} {
			for _, l := range w.layers[held{of.ent, indirect}] {
				if l.Holders.Contains(name) {
					return l.Since
				}
			}
		}
	}
	return w.at
}

// layer is a copy of a layer that may be changed; it is saved.
func (w *watch) layer(of held, since time.Time) *roaring.Bitmap {
	key := layerKey{of, since.UnixMicro()}
	if l, ok := w.touched[key]; ok {
		return l.Holders
	}
	l := store.HoldingLayer{TargetN: w.state.N, EntN: of.ent, Indirect: of.indirect, Since: since, Holders: roaring.New()}
	for _, known := range w.layers[of] {
		if known.Since.Equal(since) {
			l.Holders = known.Holders.Clone()
		}
	}
	w.touched[key] = l
	return l.Holders
}

// changed are the layers that are not as they were, in order.
func (w *watch) changed() []store.HoldingLayer {
	out := make([]store.HoldingLayer, 0, len(w.touched))
	for _, l := range w.touched {
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y store.HoldingLayer) int {
		return cmp.Or(cmp.Compare(x.EntN, y.EntN), x.Since.Compare(y.Since))
	})
	return out
}

// sighting is how well the target is known now.
func (w *watch) sighting() store.Sighting {
	s := store.Sighting{TargetN: w.state.N, First: w.before.First, Last: w.at, Gap: w.gap, Uses: map[int64]time.Time{}}
	if s.First.IsZero() {
		s.First = w.at
	}
	if n := len(w.disputed); n > 0 && s.Gap == "" {
		s.Gap = fmt.Sprintf("whose %d of its accounts are is not clear: `birthright plan` says why", n)
	}
	for i := range w.accounts {
		n := int64(w.holders[i])
		was, isNew := w.before.Uses[n], w.accounts[i].LastUsed
		if before, renamed := w.was[uint32(n)]; renamed && was.IsZero() {
			was = w.before.Uses[int64(before)]
		}
		if last := later(was, isNew); !last.IsZero() && n != 0 {
			s.Uses[n] = last
		}
	}
	s.Tells = w.before.Tells || len(s.Uses) > 0
	return s
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
