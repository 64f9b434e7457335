package hub

import (
	"context"
	"fmt"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/rules"
)

// Fact is one shift or ticket as it stands now.
type Fact struct {
	Source     string     `json:"source"`
	Kind       string     `json:"kind"`
	Name       string     `json:"name"`
	Key        string     `json:"key"`
	Person     string     `json:"person"`
	User       string     `json:"user"`
	Start      *time.Time `json:"start"`
	End        *time.Time `json:"end"`
	ReadAt     *time.Time `json:"read_at"`
	AgeSeconds int64      `json:"age_seconds"`
	Holds      bool       `json:"holds"`
	Why        string     `json:"why" doc:"why it gives nothing now"`
}

// Facts lists the shifts and tickets that are known, of one source where it is named.
func (h *Hub) Facts(ctx context.Context, a approval.Actor, source string) (out []Fact, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadSources, rights.Relation{}); err != nil {
			return err
		}
		if source != "" {
			if _, err := s.source(source); err != nil {
				return asField(err, "source")
			}
		}
		out, err = s.facts(source)
		return err
	})
	return out, err
}

func (s *session) facts(source string) ([]Fact, error) {
	reads, err := s.Runner.Reads(s.ctx, s.tx)
	if err != nil {
		return nil, err
	}
	var found []identity.Fact
	if source == "" {
		found, err = s.tx.Facts(s.ctx)
	} else {
		found, err = s.tx.FactsOfSource(s.ctx, source)
	}
	if err != nil {
		return nil, err
	}
	ns := make([]int64, len(found))
	for i, f := range found {
		ns[i] = f.UserN
	}
	users, err := s.tx.BareUsers(s.ctx, ns)
	names := map[int64]string{}
	for _, u := range users {
		names[u.N] = u.UserName
	}
	out := make([]Fact, 0, len(found))
	for _, f := range found {
		out = append(out, viewFact(f, names[f.UserN], reads, s.tx.Now()))
	}
	return out, err
}

func viewFact(f identity.Fact, user string, reads map[string]rules.Read, now time.Time) Fact {
	read, known := reads[f.Source]
	v := Fact{
		Source: f.Source, Kind: f.Kind, Name: f.Name, Key: f.Key, Person: f.Person, User: user,
		Start: instant(f.Start), End: instant(f.End), ReadAt: instant(read.At), Why: whyNot(f, read, known, now),
	}
	v.Holds = v.Why == ""
	if known && !read.At.IsZero() {
		v.AgeSeconds = int64(now.Sub(read.At) / time.Second)
	}
	return v
}

// whyNot says why a fact gives nothing now, "" where it holds.
func whyNot(f identity.Fact, read rules.Read, known bool, now time.Time) string {
	switch {
	case !known:
		return "its source is not configured any more"
	case f.UserN == 0:
		return "belongs to no user"
	case f.Over(now):
		return "over"
	case !f.Begun(now):
		return "not begun"
	case !read.Opens(f.Start):
		return fmt.Sprintf("stale: the source was not read for more than %s before it began", read.MaxAge)
	}
	return ""
}
