package console

import (
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/hub"
	"birthright/internal/chromiumtest"
	"birthright/store"
)

// page is a page that somebody looks at. In its path, {NAME} stands for one of the things
// that things makes.
type page struct {
	name, as, path string
	status         int // 0 is 200
}

// pages are all pages of the console, and the states that they are met in.
var pages = []page{
	{name: "login", path: "/login"},
	{name: "access", as: "eve", path: "/"},
	{name: "access empty", as: "root", path: "/"},
	{name: "access waiting", as: "ada", path: "/"},
	{name: "request catalog", as: "ada", path: "/request"},
	{name: "request form", as: "ada", path: "/request?group=prod&group=prod-logs&for=2h&reason=The+disk+is+full&ticket=OPS-7"},
	{name: "request nothing", as: "ada", path: "/request?q=nothing-is-called-so"},
	{name: "emergency", as: "ada", path: "/break-glass?group=prod"},
	{name: "emergency refused", as: "ada", path: "/break-glass?group=prod-logs"},
	{name: "decide", as: "olga", path: "/decide"},
	{name: "decide nothing", as: "ada", path: "/decide"},
	{name: "requests", as: "root", path: "/requests"},
	{name: "requests of mine", as: "ada", path: "/requests"},
	{name: "requests to owners", as: "olga", path: "/requests?group=prod&decider=olga&since=2020-01-01&q=disk"},
	{name: "requests nothing", as: "root", path: "/requests?q=nobody-asked-for-so"},
	{name: "requests refused", as: "root", path: "/requests?state=lost", status: 422},
	{name: "grants", as: "root", path: "/grants"},
	{name: "grants of mine", as: "eve", path: "/grants"},
	{name: "grants nothing", as: "ada", path: "/grants?state=failed"},
	{name: "grant", as: "eve", path: "{grant}"},
	{name: "grant of somebody", as: "olga", path: "{grant}"},
	{name: "delegations", as: "olga", path: "/delegations"},
	{name: "people", as: "root", path: "/people"},
	{name: "people next", as: "root", path: "/people?department=Engineering"},
	{name: "people nobody", as: "root", path: "/people?q=nobody-is-called-so"},
	{name: "people refused", as: "eve", path: "/people", status: 403},
	{name: "person", as: "root", path: "/people/ada"},
	{name: "person of mine", as: "eve", path: "/people/eve"},
	{name: "person refused", as: "eve", path: "/people/ada", status: 403},
	{name: "person why", as: "root", path: "/people/ada/why?about=prod-logs&lose=yes"},
	{name: "person why not", as: "eve", path: "/people/eve/why?about=prod-logs"},
	{name: "person why nothing", as: "root", path: "/people/ada/why?about=nothing-is-called-so", status: 404},
	{name: "person timeline", as: "root", path: "/people/eve/timeline"},
	{name: "person then", as: "root", path: "/people/ada/then?at={now}"},
	{name: "person then refused", as: "root", path: "/people/ada/then?at=2020-01-01", status: 404},
	{name: "groups", as: "root", path: "/groups"},
	{name: "groups nothing", as: "root", path: "/groups?q=nothing-is-called-so"},
	{name: "group", as: "root", path: "/groups/prod-logs"},
	{name: "group to owners", as: "olga", path: "/groups/prod"},
	{name: "group to others", as: "eve", path: "/groups/prod"},
	{name: "group then", as: "root", path: "/groups/prod-logs/then?at={now}"},
	{name: "overview", as: "root", path: "/overview"},
	{name: "audit", as: "root", path: "/audit"},
	{name: "audit nothing", as: "root", path: "/audit?subject=user:nobody-is-called-so"},
	{name: "tokens", as: "root", path: "/tokens"},
	{name: "tokens of mine", as: "ada", path: "/tokens"},
	{name: "policy", as: "root", path: "/policy"},
	{name: "policy rule", as: "root", path: "/policy/rules/logs"},
	{name: "policy draft", as: "root", path: "/policy/edit"},
	{name: "policy refused", as: "eve", path: "/policy", status: 403},
	{name: "targets", as: "root", path: "/targets"},
	{name: "target", as: "root", path: "/targets/app"},
	{name: "targets refused", as: "eve", path: "/targets", status: 403},
	{name: "sources", as: "root", path: "/sources"},
	{name: "source", as: "root", path: "/sources/hr"},
	{name: "runs", as: "root", path: "/runs"},
	{name: "runs of a target", as: "root", path: "/runs?target=app"},
	{name: "run", as: "root", path: "{run}"},
	{name: "held", as: "root", path: "/held?all=yes"},
	{name: "held nothing", as: "root", path: "/held?source=hr"},
	{name: "held one", as: "root", path: "/held/h1"},
	{name: "campaigns", as: "root", path: "/reviews"},
	{name: "campaign new", as: "root", path: "/reviews/new"},
	{name: "review items nothing", as: "root", path: "/review-items"},
	{name: "reports", as: "root", path: "/reports"},
	{name: "report creep", as: "root", path: "/reports/creep"},
	{name: "report jit", as: "root", path: "/reports/jit"},
	{name: "report suggestions", as: "root", path: "/reports/suggestions"},
	{name: "surplus to take away", as: "root", path: "/reports/creep/removal?orphans=yes"},
	{name: "taken away on targets", as: "root", path: "/taken"},
	{name: "taken away by reviews", as: "root", path: "/taken/memberships?all=yes"},
	{name: "taken away refused", as: "eve", path: "/taken", status: 403},
	{name: "evidence", as: "root", path: "/evidence"},
	{name: "nowhere", as: "root", path: "/nowhere", status: 404},
	{name: "request to decide", as: "olga", path: "{request}"},
	{name: "request of mine", as: "ada", path: "{request}"},
	{name: "request refused", as: "eve", path: "{request}", status: 403},
}

// things makes what pages are about.
func (s *site) things() *strings.Replacer {
	given := s.ask("eve", "prod")
	answer, err := s.Desk.Approve(s.Context(), s.as("olga"), path.Base(given), "")
	s.must(err)
	s.ask("eve", "prod-logs")
	_, err = s.Desk.Delegate(s.Context(), s.as("olga"), desk.Delegation{To: "otto", End: time.Now().Add(48 * time.Hour), Reason: "on holiday"})
	s.must(err)
	_, err = s.Hub.Sync(s.Context(), s.as("root"), hub.Scope{Full: true})
	s.must(err)
	runs, err := s.Hub.Runs(s.Context(), s.as("root"), hub.RunQuery{Target: "app", Limit: 200})
	s.must(err)
	s.must(s.Store.Update(s.Context(), func(tx *store.Tx) error {
		row := store.HeldRow{Kind: store.HeldRemoval, Target: "app", Subject: "ada", Action: "remove", Reason: "600 removals that nobody ordered: the limit is 500 in 24 hours (guard.max_removals)"}
		first, second := row, row
		first.ID, first.Entitlement = "h1", "app:role/prod"
		second.ID, second.Entitlement, second.RefusedAt, second.RefusedBy, second.RefuseReason = "h2", "app:role/logs", time.Now(), "user:root", "she needs it until Friday"
		return tx.SaveHeld(s.Context(), []store.HeldRow{first, second})
	}))
	return strings.NewReplacer("{now}", time.Now().UTC().Format(time.RFC3339Nano), "{run}", "/runs/"+runs.Items[len(runs.Items)-1].ID, "{request}", s.ask("ada", "prod"), "{grant}", "/grants/"+answer.Request.Grant)
}

// TestPages judges every page at every width, light and dark.
func TestPages(t *testing.T) {
	s := open(t)
	things := s.things()
	for _, name := range slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, p := range pages {
			if !yield(p.as) {
				return
			}
		}
	})) {
		t.Run("as "+name, func(t *testing.T) {
			t.Parallel()
			tab := s.tab(t, name, chromiumtest.Look{})
			for _, p := range pages {
				if p.as == name {
					tab.Expect(p.status)
					tab.Visit(s.url + things.Replace(p.path))
					tab.JudgeEverywhere(p.name)
				}
			}
		})
	}
}
