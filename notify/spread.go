package notify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"birthright/grants"
	"birthright/identity"
	"birthright/store"
)

// perSpread bounds how many notices one transaction takes on.
const perSpread = 100

// Spread makes deliveries of the notices that are there, oldest first. Those that
// nobody is to hear of are dropped.
func (s *Service) Spread(ctx context.Context) error {
	for {
		var rows []store.NoticeRow
		err := s.Store.View(ctx, func(tx *store.Tx) (err error) { rows, err = tx.Notices(ctx, perSpread); return err })
		if err != nil || len(rows) == 0 {
			return err
		}
		stories := make(map[int64]Story, len(rows))
		for _, row := range rows {
			if stories[row.N], err = s.told(ctx, row); err != nil {
				return err
			}
		}
		if err := s.spread(ctx, stories); err != nil || len(rows) < perSpread {
			return err
		}
	}
}

// told is story for a notice that somebody may hear of. What a notice is about may be
// gone, and that must not stop the others.
func (s *Service) told(ctx context.Context, row store.NoticeRow) (Story, error) {
	if !slices.ContainsFunc(s.Ways, func(w Way) bool { return w.listens(row.Kind) || refreshes(row.Kind) && w.updates() }) {
		return Story{}, nil
	}
	out, err := s.story(ctx, row)
	if identity.KindOf(err) == identity.NotFound {
		s.Log.Warn("a notice tells of what is not there", "kind", row.Kind, "error", err)
		return Story{}, nil
	}
	return out, err
}

func (w Way) listens(kind string) bool {
	wanted := func(e string) bool {
		family, star := strings.CutSuffix(e, "*")
		return e == kind || star && strings.HasPrefix(kind, family)
	}
	return w.Events == nil || slices.ContainsFunc(w.Events, wanted)
}

func (w Way) updates() bool {
	_, ok := w.Channel.(Updater)
	return ok
}

// refreshes reports whether a notice changes what messages about the request say.
func refreshes(kind string) bool {
	return strings.HasPrefix(kind, "request.") && kind != grants.NoticeReminder && kind != grants.NoticeEscalated
}

// spread replaces notices by their deliveries. One that is not there any more was
// spread by somebody else meanwhile.
func (s *Service) spread(ctx context.Context, stories map[int64]Story) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		rows, err := tx.Notices(ctx, perSpread)
		if err != nil {
			return err
		}
		states, err := tx.Channels(ctx)
		if err != nil {
			return err
		}
		var made []store.DeliveryRow
		var done []int64
		for _, row := range rows {
			story, mine := stories[row.N]
			if !mine {
				continue
			}
			more, err := s.deliveries(ctx, tx, row, story, states)
			if err != nil {
				return err
			}
			made, done = append(made, more...), append(done, row.N)
		}
		if err := tx.AddDeliveries(ctx, made); err != nil {
			return err
		}
		return tx.DropNotices(ctx, done)
	})
}

// deliveries returns who must hear of a notice by which way.
func (s *Service) deliveries(ctx context.Context, tx *store.Tx, row store.NoticeRow, story Story, states map[string]store.ChannelRow) ([]store.DeliveryRow, error) {
	if story.Kind == "" {
		return nil, nil
	}
	text, err := json.Marshal(story)
	if err != nil {
		return nil, err
	}
	var out []store.DeliveryRow
	for _, w := range s.Ways {
		if w.stopped(states) {
			continue
		}
		d := store.DeliveryRow{Channel: w.Name, Kind: row.Kind, RequestN: row.RequestN, GrantN: row.GrantN, Story: string(text), Created: row.Created}
		refresh, err := s.refresh(ctx, tx, w, row)
		if err != nil {
			return nil, err
		}
		if refresh { // before messages are posted that need none
			d.Refresh = true
			out = append(out, d)
			d.Refresh = false
		}
		people, topic := w.Takes(row.Kind)
		if topic && w.listens(row.Kind) {
			out = append(out, d)
		}
		for _, n := range row.Users {
			if people && w.listens(row.Kind) {
				d.UserN = n
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// stopped reports whether the other side wants nothing more, under these settings.
func (w Way) stopped(states map[string]store.ChannelRow) bool {
	return states[w.Name].Stopped != "" && states[w.Name].Stopped == w.Fingerprint()
}

// refresh reports whether a way has posted messages that a notice changes.
func (s *Service) refresh(ctx context.Context, tx *store.Tx, w Way, row store.NoticeRow) (bool, error) {
	if !w.updates() || !refreshes(row.Kind) || row.RequestN == 0 {
		return false, nil
	}
	posted, err := tx.Posted(ctx, w.Name, row.RequestN)
	return len(posted) > 0, err
}
