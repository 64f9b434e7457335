package intake

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
	"golang.org/x/sync/errgroup"

	"birthright/identity"
	"birthright/sources"
	"birthright/store"
)

// sift is what a pull pours into: it marks who was seen and keeps aside who is
// new or differs. Comparing runs beside the reading.
type sift struct {
	ctx    context.Context
	s      *Service
	source string

	filling []identity.Record
	full    chan []identity.Record

	people, groups *spool
	seen           *roaring64.Bitmap // record numbers
	unchanged      int
	told           int
}

// pour pulls src into a new sift. The caller closes it.
func (s *Service) pour(ctx context.Context, name string, src sources.Source, since sources.Cursor) (*sift, sources.Checkpoint, error) {
	sf := &sift{
		s: s, source: name, full: make(chan []identity.Record, 2), seen: roaring64.New(),
		people: newSpool(s.o.TempDir), groups: newSpool(s.o.TempDir),
	}
	var end sources.Checkpoint
	work, ctx := errgroup.WithContext(ctx)
	sf.ctx = ctx
	work.Go(func() (err error) {
		defer close(sf.full)
		if end, err = src.Pull(ctx, since, sf); err != nil {
			return err
		}
		return sf.hand()
	})
	work.Go(func() error {
		for records := range sf.full {
			if err := sf.compare(ctx, records); err != nil {
				return err
			}
		}
		return nil
	})
	if err := work.Wait(); err != nil {
		sf.close()
		return nil, end, err
	}
	return sf, end, nil
}

func (sf *sift) close() {
	sf.people.close()
	sf.groups.close()
}

// Record takes one person from the source.
func (sf *sift) Record(r identity.Record) error {
	if r.Key == "" {
		return &identity.Error{Kind: identity.Invalid, Op: "import " + sf.source, Err: fmt.Errorf("record %d has no key", sf.told+1),
			Hint: "choose a key attribute that everybody has"}
	}
	sf.told++
	clean(r.Attributes)
	sf.filling = append(sf.filling, r)
	if len(sf.filling) < sf.s.batch {
		return nil
	}
	return sf.hand()
}

// clean replaces what no text column holds (NUL bytes, broken UTF-8), so that
// one odd value does not keep everybody out.
func clean(a identity.Attributes) {
	const replacement = "\uFFFD"
	for _, values := range a {
		for i, value := range values {
			if strings.IndexByte(value, 0) >= 0 || !utf8.ValidString(value) {
				values[i] = strings.ReplaceAll(strings.ToValidUTF8(value, replacement), "\x00", replacement)
			}
		}
	}
}

// hand gives the collected records to the comparing side.
func (sf *sift) hand() error {
	if len(sf.filling) == 0 {
		return nil
	}
	select {
	case sf.full <- sf.filling:
		sf.filling = make([]identity.Record, 0, sf.s.batch)
		return nil
	case <-sf.ctx.Done():
		return context.Cause(sf.ctx)
	}
}

// Group takes one group from the source. Only the pulling side touches the
// spool of groups.
func (sf *sift) Group(g identity.SourceGroup, members []identity.MemberRef) error {
	return sf.groups.putGroup(g, members)
}

// compare marks the known ones as seen and spools those that need a batch:
// new, different, back again, or waiting for a person.
func (sf *sift) compare(ctx context.Context, records []identity.Record) error {
	keys := make([]string, len(records))
	for i, r := range records {
		keys[i] = r.Key
	}
	var known map[string]store.RecordState
	err := sf.s.db.View(ctx, func(tx *store.Tx) (err error) {
		known, err = tx.RecordDigests(ctx, sf.source, keys)
		return err
	})
	if err != nil {
		return err
	}
	fresh := map[string]bool{}
	for _, r := range records {
		state, ok := known[r.Key]
		if ok && !sf.seen.CheckedAdd(uint64(state.N)) || !ok && fresh[r.Key] {
			return sf.twice(r.Key)
		}
		if ok && state.Live && !state.Held && state.Digest == store.Digest(r.Attributes, r.Payload) {
			sf.unchanged++
			continue
		}
		if !ok {
			fresh[r.Key] = true
		}
		if err := sf.people.putRecord(r); err != nil {
			return err
		}
	}
	return nil
}

func (sf *sift) twice(key string) error {
	return &identity.Error{Kind: identity.Invalid, Op: "import " + sf.source, Err: fmt.Errorf("two records have the key %q", key),
		Hint: "the key must be unique; nothing was imported"}
}
