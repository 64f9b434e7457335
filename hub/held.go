package hub

import (
	"context"
	"errors"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/intake"
	"birthright/rights"
	"birthright/store"
)

// HeldChange is something that a guard stopped until a person looks at it.
type HeldChange struct {
	ID            string         `json:"id"`
	Kind          string         `json:"kind" enum:"removal,missing,ambiguous,emptied"`
	Source        string         `json:"source"`
	Target        string         `json:"target"`
	Subject       string         `json:"subject" doc:"the user of a removal; else record:…, source:… or sourcegroup:…"`
	Action        string         `json:"action"`
	Entitlement   string         `json:"entitlement"`
	Reason        string         `json:"reason" doc:"why it was stopped"`
	Data          map[string]any `json:"data"`
	CreatedAt     *time.Time     `json:"created_at"`
	ReleasedAt    *time.Time     `json:"released_at"`
	ReleasedBy    string         `json:"released_by"`
	ReleaseReason string         `json:"release_reason"`
	RefusedAt     *time.Time     `json:"refused_at"`
	RefusedBy     string         `json:"refused_by"`
	RefuseReason  string         `json:"refuse_reason"`
}

// Open reports whether it still waits for a person.
func (h HeldChange) Open() bool { return h.ReleasedAt == nil && h.RefusedAt == nil }

// HeldDetail is one held change with whom it concerns.
type HeldDetail struct {
	HeldChange
	// Concerned are the first of the people and groups whom it is about.
	Concerned []Concern `json:"concerned" nullable:"false"`
	// Candidates are the users whom an ambiguous record could be.
	Candidates []string `json:"candidates" nullable:"false"`
}

// Concern is a record or a group of a source, and whose the record is.
type Concern struct {
	Key   string `json:"key"`
	User  string `json:"user"`
	Group string `json:"group"`
}

// concernsShown is how many are looked up.
const concernsShown = 100

func viewHeld(h store.HeldRow) HeldChange {
	return HeldChange{
		ID: h.ID, Kind: h.Kind, Source: h.Source, Target: h.Target, Subject: h.Subject, Action: h.Action, Entitlement: h.Entitlement,
		Reason: h.Reason, Data: h.Data, CreatedAt: instant(h.Created),
		ReleasedAt: instant(h.ReleasedAt), ReleasedBy: h.ReleasedBy, ReleaseReason: h.ReleaseReason,
		RefusedAt: instant(h.RefusedAt), RefusedBy: h.RefusedBy, RefuseReason: h.RefuseReason,
	}
}

// HeldQuery selects what is held, oldest first. Empty fields do not filter.
type HeldQuery struct {
	Kind, Target, Source string
	// All also selects what was released and not carried out yet, and what was refused.
	All   bool
	After string // Next of the page before
	Limit int    // 0 for all
}

// Held lists what guards stopped.
func (h *Hub) Held(ctx context.Context, a approval.Actor, q HeldQuery) (out Page[HeldChange], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadHeld, rights.Relation{}); err != nil {
			return err
		}
		at, id, err := momentBehind(q.After)
		if err != nil {
			return err
		}
		rows, err := s.tx.Held(ctx, store.HeldFilter{
			Kind: q.Kind, Target: q.Target, Source: q.Source, Open: !q.All, After: store.HeldPosition{Created: at, ID: id}, Limit: more(q.Limit),
		})
		found := make([]HeldChange, len(rows))
		for i, row := range rows {
			found[i] = viewHeld(row)
		}
		out = pageOf(found, q.Limit, func(h HeldChange) string { return positionAt(*h.CreatedAt, h.ID) })
		return err
	})
	return out, err
}

// HeldChange returns one held change with whom it concerns; kind NotFound where there is
// none.
func (h *Hub) HeldChange(ctx context.Context, a approval.Actor, id string) (out HeldDetail, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadHeld, rights.Relation{}); err != nil {
			return err
		}
		row, err := s.tx.HeldByID(ctx, id)
		if err != nil {
			return nothingHeld(err, "look at", id)
		}
		out = HeldDetail{HeldChange: viewHeld(row), Concerned: []Concern{}, Candidates: []string{}}
		if names, ok := row.Data["candidates"].([]any); ok {
			for _, name := range names {
				if text, ok := name.(string); ok {
					out.Candidates = append(out.Candidates, text)
				}
			}
		}
		return s.concerned(&out, row)
	})
	return out, err
}

// concerned looks up the people and groups whom a held row is about.
func (s *session) concerned(out *HeldDetail, row store.HeldRow) error {
	records, groups, err := intake.Concerned(row, concernsShown)
	if err != nil {
		return err
	}
	owners, err := s.tx.RecordOwners(s.ctx, records)
	if err != nil {
		return err
	}
	ns := make([]int64, len(owners))
	for i, o := range owners {
		ns[i] = o.UserN
	}
	users, err := s.tx.BareUsers(s.ctx, ns)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, u := range users {
		names[u.N] = u.UserName
	}
	for _, o := range owners {
		out.Concerned = append(out.Concerned, Concern{Key: o.Key, User: names[o.UserN]})
	}
	found, err := s.tx.SourceGroupNames(s.ctx, groups)
	for _, n := range groups {
		if name := found[n]; name != "" {
			out.Concerned = append(out.Concerned, Concern{Key: name, Group: name})
		}
	}
	return err
}

func nothingHeld(err error, op, id string) error {
	if identity.KindOf(err) != identity.NotFound {
		return err
	}
	return &identity.Error{
		Kind: identity.NotFound, Op: op, Object: id, Err: errors.New("nothing is held under that id"),
		Hint: "`birthright held list` shows what is; nothing was released",
	}
}
