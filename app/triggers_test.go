package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/app"
	"birthright/config"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/reviews"
	reviewdesk "birthright/reviews/desk"
	"birthright/targets"
	"birthright/targets/memory"
)

// watched is a hub with a wiki, whose clock stands until a test moves it.
type watched struct {
	*testing.T
	*app.App
	cfg  *config.Config
	wiki *memory.Target
	at   time.Time
	look sync.Mutex // at the clock: a run does so in several places at once
}

// now moves on a little with each look.
func (w *watched) now() time.Time {
	w.look.Lock()
	defer w.look.Unlock()
	w.at = w.at.Add(time.Millisecond)
	return w.at
}

func watch(t *testing.T, reviews, people string) *watched {
	t.Helper()
	w := &watched{T: t, at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), wiki: memory.New("wiki", memory.WithCapabilities(memory.DefaultCapabilities()))}
	w.cfg = folder(t, map[string]string{
		"hub.yaml": `
database: {url: "sqlite:hub.db"}
policies: [policy.yaml]
sources: [{name: hr, kind: file, path: people.csv}]
targets: [{name: wiki, kind: memory, accounts: {create: true}}]
sync: {guard: {max_missing_percent: 100}}
reviews: ` + reviews + "\n",
		"policy.yaml": `
groups: [{name: engineering, access: ["wiki:group/engineering"]}, {name: sales, access: ["wiki:group/sales"]}]
rules:
  - {name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}
  - {name: sellers, when: 'user.department == "Sales"', groups: [sales]}
`, "people.csv": people,
	})
	var err error
	w.App, err = app.Open(t.Context(), app.Options{
		Config: w.cfg, Targets: map[string]targets.Target{"wiki": w.wiki}, Actor: "operator:test",
		Now: w.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	w.sync()
	return w
}

func (w *watched) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// sync reads the people and makes two runs: one that does, one that sees.
func (w *watched) sync() {
	w.Helper()
	_, err := w.Import(w.Context(), nil)
	w.must(err)
	for range 2 {
		_, err = w.Sync(w.Context(), reconcile.Request{Full: true})
		w.must(err)
	}
}

// people replaces the file of people, and lets the hub see it.
func (w *watched) people(text string) {
	w.Helper()
	w.must(os.WriteFile(filepath.Join(w.cfg.Dir, "people.csv"), []byte(text), 0o600))
	w.sync()
}

func (w *watched) campaigns(kind string) []reviewdesk.Campaign {
	w.Helper()
	all, err := w.Reviews.List(w.Context(), desk.Operator("operator:test"), reviewdesk.CampaignQuery{})
	w.must(err)
	return slices.DeleteFunc(all, func(c reviewdesk.Campaign) bool { return c.Kind != kind })
}

const before = `userName,department,manager
ada,Engineering,eve
eve,Engineering,
sam,Sales,
`

// What a mover keeps is put before the old manager and the new one, once; what one of
// them takes back goes at once, and what both leave alone ends by itself.
func TestAMoverIsReviewedByBothManagers(t *testing.T) {
	w := watch(t, "{movers: {overlap: 2d, review: true}}", before)
	w.at = w.at.Add(time.Hour)
	w.people("userName,department,manager\nada,Sales,sam\neve,Engineering,\nsam,Sales,\n")
	w.sync()
	opened := w.campaigns(reviews.KindMover)
	if len(opened) != 1 || opened[0].Items != 1 {
		t.Fatalf("opened: %+v", opened)
	}
	items, err := w.Reviews.Items(t.Context(), desk.Operator("operator:test"), reviewdesk.ItemQuery{Campaign: opened[0].ID})
	w.must(err)
	if diff := cmp.Diff([]string{"ada", "engineering", "eve", "sam"}, append([]string{items[0].User, items[0].Group}, items[0].Reviewers...)); diff != "" {
		t.Errorf("who is asked about what: %s", diff)
	}
	if diff := cmp.Diff([]string{"wiki:group/engineering", "wiki:group/engineering", "wiki:group/sales", "wiki:group/sales"}, slices.Sorted(slices.Values(holdings(w.wiki)))); diff != "" {
		t.Errorf("during the handover: %s", diff)
	}
	boss, err := w.Desk.Actor(t.Context(), "eve")
	w.must(err)
	_, err = w.Reviews.Decide(t.Context(), boss, opened[0].ID, reviewdesk.Choice{What: reviews.Revoked, Reason: "handed over", Items: []string{items[0].ID}})
	w.must(err)
	w.sync()
	if diff := cmp.Diff([]string{"wiki:group/engineering", "wiki:group/sales", "wiki:group/sales"}, slices.Sorted(slices.Values(holdings(w.wiki)))); diff != "" {
		t.Errorf("after it was taken back: %s", diff)
	}
	if len(w.campaigns(reviews.KindMover)) != 1 {
		t.Error("it was asked about again")
	}
}

func TestAHandoverThatNobodyEndsEndsByItself(t *testing.T) {
	w := watch(t, "{movers: {overlap: 2d, review: true}}", before)
	w.at = w.at.Add(time.Hour)
	w.people("userName,department,manager\nada,Sales,sam\neve,Engineering,\nsam,Sales,\n")
	w.at = w.at.Add(50 * time.Hour)
	w.sync()
	if diff := cmp.Diff([]string{"wiki:group/engineering", "wiki:group/sales", "wiki:group/sales"}, slices.Sorted(slices.Values(holdings(w.wiki)))); diff != "" {
		t.Error(diff)
	}
}

// Whose surplus weighs more than is allowed is put before the manager, once while it is
// open; access that nothing explains goes where the manager says so.
func TestASurplusThatWeighsTooMuchIsReviewed(t *testing.T) {
	w := watch(t, "{score: 30}", before)
	w.wiki.Seed(targets.State{Assignments: []targets.Assignment{{AccountID: "ada", Entitlement: entitlementOf("wiki:group/secret")}}})
	w.sync()
	for range 2 {
		r, err := w.Creep(t.Context(), w.Usual())
		w.must(err)
		if len(r.Users) != 1 || r.Users[0].Score <= 30 {
			t.Fatalf("surplus: %+v", r.Users)
		}
		_, err = w.ReviewScores(t.Context(), r)
		w.must(err)
	}
	opened := w.campaigns(reviews.KindScore)
	if len(opened) != 1 || opened[0].Name != "Surplus access of ada" {
		t.Fatalf("opened: %+v", opened)
	}
	items, err := w.Reviews.Items(t.Context(), desk.Operator("operator:test"), reviewdesk.ItemQuery{Campaign: opened[0].ID})
	w.must(err)
	boss, err := w.Desk.Actor(t.Context(), "eve")
	w.must(err)
	_, err = w.Reviews.Decide(t.Context(), boss, opened[0].ID, reviewdesk.Choice{What: reviews.Revoked, Reason: "not hers", Items: []string{items[0].ID}})
	w.must(err)
	w.sync()
	if slices.Contains(holdings(w.wiki), "wiki:group/secret") {
		t.Error("it is still there")
	}
	w.at = w.at.Add(time.Hour)
	w.must(w.Reviews.Tick(t.Context()))
	items, err = w.Reviews.Items(t.Context(), desk.Operator("operator:test"), reviewdesk.ItemQuery{Campaign: opened[0].ID})
	w.must(err)
	if items[0].State != reviews.Gone {
		t.Errorf("the item is %s, and not seen to be gone", items[0].State)
	}
}

func entitlementOf(address string) identity.Entitlement {
	e, err := identity.ParseEntitlement(address)
	if err != nil {
		panic(err)
	}
	return e
}
