package intake_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/intake"
	"birthright/sources"
	"birthright/sources/sourcetest"
	"birthright/store"
)

// rota is a hub with three people and a rota that a test writes.
func rota(t *testing.T) (*hub, *sourcetest.Rota) {
	t.Helper()
	h := newHub(t, options())
	h.pull("hr", fake{people: []identity.Record{
		person("1", "userName", "ada", "email", "Ada@x.test"), person("2", "userName", "bob", "email", "bob@x.test"),
		person("3", "userName", "chen", "email", "chen@x.test", "email", "c@x.test"),
	}})
	h.work()
	return h, sourcetest.NewRota(sources.Terms{Match: []string{"email", "userName"}})
}

func (h *hub) facts(source string, src sources.Context) intake.Report {
	h.t.Helper()
	report, err := h.ImportFacts(h.t.Context(), source, src)
	if err != nil {
		h.t.Fatal(err)
	}
	report.Duration = 0
	return report
}

// known renders what is stored: kind name, person, user, minutes from noon.
func (h *hub) known() []string {
	h.t.Helper()
	out := []string{}
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		facts, err := tx.Facts(h.t.Context())
		for _, f := range facts {
			u, _ := tx.UserByN(h.t.Context(), f.UserN)
			out = append(out, fmt.Sprintf("%s %s %s=%s %v..%v", f.Kind, f.Name, f.Person, u.UserName, f.Start.Sub(noon), f.End.Sub(noon)))
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// urgent returns the names of the users for whom there is work, those first to be
// looked at with a mark.
func (h *hub) urgent() []string {
	h.t.Helper()
	out := []string{}
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		work, err := tx.ClaimWork(h.t.Context(), 1000, time.Minute)
		if err != nil {
			return err
		}
		for _, w := range work {
			u, err := tx.UserByN(h.t.Context(), w.UserN)
			if err != nil {
				return err
			}
			if w.Removal {
				u.UserName += "!"
			}
			out = append(out, u.UserName)
		}
		return tx.FinishWork(h.t.Context(), work)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (h *hub) same(what string, got, want any) {
	h.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func shift(person string, start, end int) identity.Fact {
	return identity.Fact{Kind: identity.FactShift, Name: "primary", Person: person, Key: person,
		Start: noon.Add(time.Duration(start) * time.Minute), End: noon.Add(time.Duration(end) * time.Minute)}
}

func ticket(key, person string) identity.Fact {
	return identity.Fact{Kind: identity.FactTicket, Name: "mail", Person: person, Key: key, Start: noon.Add(-time.Hour)}
}

func TestFactsAreMatchedStoredAndLookedAt(t *testing.T) {
	h, r := rota(t)
	r.Set(shift("ada@X.TEST ", 0, 60), shift("C@x.test", 30, 90), shift("Bob", 0, 5), shift("eve@x.test", 0, 60))
	seq := h.seq()
	h.same("report", h.facts("pager", r), intake.Report{Source: "pager", Facts: true, Seen: 4, Counts: intake.Counts{Added: 4}, Unmatched: 1, Strangers: []string{"eve@x.test"}})
	h.same("stored", h.known(), []string{
		"shift primary Bob=bob 0s..5m0s", "shift primary C@x.test=chen 30m0s..1h30m0s",
		"shift primary ada@X.TEST =ada 0s..1h0m0s", "shift primary eve@x.test= 0s..1h0m0s",
	})
	h.same("work", h.urgent(), []string{"ada", "bob", "chen"})
	h.same("log", h.actions(seq), []string{"facts.imported source:pager"})
	h.quiet("the same again", func() {
		h.same("report", h.facts("pager", r).Counts, intake.Counts{Unchanged: 4})
	})
}

func TestWhatChangesIsLookedAt(t *testing.T) {
	h, r := rota(t)
	r.Set(shift("ada@x.test", 0, 60), shift("bob@x.test", 0, 60))
	h.facts("pager", r)
	h.urgent()
	longer, handed := shift("ada@x.test", 0, 90), shift("bob@x.test", 0, 60)
	handed.Person = "chen@x.test"
	r.Set(longer, handed)
	h.same("changed", h.facts("pager", r).Counts, intake.Counts{Changed: 2})
	h.same("who had it and who has it", h.urgent(), []string{"ada!", "bob!", "chen!"})
	r.Set(longer)
	h.same("gone", h.facts("pager", r).Counts, intake.Counts{Gone: 1, Unchanged: 1})
	h.same("who had it", h.urgent(), []string{"chen!"})
	r.Set()
	h.same("the last", h.facts("pager", r).Counts, intake.Counts{Gone: 1})
	h.same("at once", h.urgent(), []string{"ada!"})
}

func TestSomebodyWhoComesLaterIsMatchedAtTheNextRead(t *testing.T) {
	h, r := rota(t)
	r.Set(shift("eve@x.test", 0, 60))
	h.facts("pager", r)
	h.same("nobody's", h.urgent(), []string{})
	h.pull("corp", fake{people: []identity.Record{person("9", "userName", "eve", "email", "eve@x.test")}})
	h.work()
	h.same("matched", h.facts("pager", r).Counts, intake.Counts{Changed: 1})
	h.same("work", h.urgent(), []string{"eve!"})
}

func TestSeveralAreNobody(t *testing.T) {
	h, r := rota(t)
	h.pull("corp", fake{people: []identity.Record{person("8", "userName", "adah", "employeeNumber", "8", "email", "b@x.test"), person("9", "userName", "adam", "employeeNumber", "9")}})
	h.pull("okta", fake{people: []identity.Record{person("8", "userName", "adah", "employeeNumber", "8", "email", "same@x.test"), person("9", "userName", "adam", "employeeNumber", "9", "email", "same@x.test")}})
	h.work()
	r.Set(shift("same@x.test", 0, 60))
	h.same("unmatched", h.facts("pager", r).Strangers, []string{"same@x.test"})
	h.same("work", h.urgent(), []string{})
}

// An open ticket ends a day after it was last read, and is not written at each read.
func TestWhatHasNoEndGetsOneAtEachRead(t *testing.T) {
	h, r := rota(t)
	r.Set(ticket("1", "ada@x.test"))
	h.facts("pager", r)
	h.urgent()
	h.same("a day", h.known(), []string{"ticket mail ada@x.test=ada -1h0m0s..24h0m0s"})
	h.clock = noon.Add(2 * time.Hour)
	h.quiet("soon after", func() { h.facts("pager", r) })
	h.same("the same day", h.known(), []string{"ticket mail ada@x.test=ada -1h0m0s..24h0m0s"})
	h.clock = noon.Add(3 * time.Hour)
	h.same("no news", h.facts("pager", r).Counts, intake.Counts{Unchanged: 1})
	h.same("moved on", h.known(), []string{"ticket mail ada@x.test=ada -1h0m0s..27h0m0s"})
	h.same("memberships end with it", h.urgent(), []string{"ada"})
}

func TestWhatBeganUnknownIsLookedAtWhenItIsKnown(t *testing.T) {
	h, r := rota(t)
	r.Set(shift("ada@x.test", 20, 60), shift("bob@x.test", 10, 60), shift("chen@x.test", 50, 60))
	h.facts("pager", r)
	h.urgent()
	h.clock = noon.Add(40 * time.Minute) // it could not be read for longer than 15 minutes
	h.same("the same", h.facts("pager", r).Counts, intake.Counts{Unchanged: 3})
	h.same("whose shift began unknown", h.urgent(), []string{"ada"})
}

// A rota that is empty all of a sudden may be right. Somebody should look.
func TestAnEmptyRotaIsWarnedOf(t *testing.T) {
	h, r := rota(t)
	var log strings.Builder
	o := options()
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.reopen(o)
	h.facts("pager", r)
	r.Set(shift("ada@x.test", 0, 60))
	h.facts("pager", r)
	h.same("so far", log.String(), "")
	r.Set()
	h.facts("pager", r)
	if !strings.Contains(log.String(), "source=pager before=1") {
		t.Errorf("the log says %q", log.String())
	}
}

func TestAFailedReadChangesNothing(t *testing.T) {
	h, r := rota(t)
	r.Set(shift("ada@x.test", 0, 60), shift("bob@x.test", 0, 60))
	h.facts("pager", r)
	h.urgent()
	known := h.known()
	broken := shift("chen@x.test", 5, 5)
	nameless := shift("chen@x.test", 5, 9)
	nameless.Name = ""
	for name, c := range map[string]struct {
		facts  []identity.Fact
		failed error
		says   string
	}{
		"it breaks off":    {[]identity.Fact{shift("chen@x.test", 0, 1)}, errors.New("the peer hung up"), "the peer hung up"},
		"an end before":    {[]identity.Fact{broken}, nil, "ends before it begins"},
		"no name":          {[]identity.Fact{nameless}, nil, "no schedule or queue"},
		"two under a key":  {[]identity.Fact{shift("ada@x.test", 0, 1), shift("ada@x.test", 0, 2)}, nil, "two facts are"},
		"text of no sense": {[]identity.Fact{shift("a\x00", 0, 1)}, nil, "NUL"},
	} {
		r.Set(c.facts...)
		r.Fail(c.failed)
		_, err := h.ImportFacts(t.Context(), "pager", r)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		h.same(name+": stored", h.known(), known)
		h.same(name+": work", h.urgent(), []string{})
	}
	err := h.db.View(t.Context(), func(tx *store.Tx) error {
		state, err := tx.SourceState(t.Context(), "pager")
		if !state.LastCompleteAt.Equal(noon) || state.LastError == "" {
			t.Errorf("remembered is %+v", state)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
