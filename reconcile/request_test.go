package reconcile_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/reconcile"
)

func TestPlanAndSyncAgree(t *testing.T) {
	h := newHub(t, company, nil)
	h.crowd("Engineering", 4)
	h.full()
	h.app.TakeAway("engineering000", entitlement("app:group/all"))
	h.change("engineering001", "department", "Sales")
	h.leave("engineering002")
	h.join("bob", "department", "Sales")
	for _, req := range []reconcile.Request{
		{User: "bob"}, {User: "engineering002"}, {Targets: []string{"wiki"}}, {User: "engineering000", Full: true}, {}, {Full: true},
	} {
		planned := mustPlan(h, req)
		done := h.sync(req)
		h.same(fmt.Sprintf("changes of %+v", req), told(done), doneRather(told(planned)))
		h.same(fmt.Sprintf("drift of %+v", req), drifts(done), drifts(planned))
		for i, run := range done.Runs {
			for j, c := range run.Changes {
				h.same("id", c.ID, planned.Runs[i].Changes[j].ID)
				h.same("causes", c.Causes, planned.Runs[i].Changes[j].Causes)
			}
		}
	}
	h.onApp("-engineering002:", "bob: group/all group/sellers", "engineering000: group/all group/engineers",
		"engineering001: group/all group/sellers", "engineering003: group/all group/engineers")
	h.quiet()
	h.orderly()
}

func doneRather(planned []string) []string {
	for i := range planned {
		planned[i] = strings.TrimSuffix(planned[i], "planned") + "done"
	}
	return planned
}

func TestAUnknownTargetOrUserIsSaid(t *testing.T) {
	h := newHub(t, company, nil)
	_, err := h.Sync(t.Context(), reconcile.Request{Targets: []string{"app", "gitbub"}})
	h.same("kind", identity.KindOf(err), identity.Invalid)
	h.same("text", err.Error(), `choose targets: there is no target "gitbub" (configured are: app, wiki)`)
	_, err = h.Plan(t.Context(), reconcile.Request{User: "nobody"})
	h.same("kind", identity.KindOf(err), identity.NotFound)
}

func TestCausesSayWhy(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	for i, step := range []struct {
		do   func()
		want []identity.Cause
	}{
		{func() { h.app.TakeAway("ada", entitlement("app:group/engineers")) }, []identity.Cause{
			{Kind: identity.CauseGroup, Name: "engineering"}, {Kind: identity.CauseRule, Name: "engineers"}}},
		{func() { h.change("ada", "department", "Board") }, []identity.Cause{{Kind: identity.CauseNone, Name: "no rule or grant gives it any more"}}},
		{func() { h.leave("ada") }, []identity.Cause{{Kind: identity.CauseLifecycle, Name: "left"}}},
	} {
		step.do()
		report := h.full()
		h.same(fmt.Sprint("causes ", i), report.Runs[0].Changes[0].Causes, step.want)
	}
}

// TestTheOrderOfArrivalDoesNotShow runs the same company, arrived in different
// orders, and compares the reports byte for byte.
func TestTheOrderOfArrivalDoesNotShow(t *testing.T) {
	var first []string
	for round := range 3 {
		h := newHub(t, company, nil)
		departments := []string{"Engineering", "Sales", "Board"}
		order := rand.New(rand.NewPCG(1, uint64(round))).Perm(30)
		for _, i := range order {
			h.join(fmt.Sprintf("user%02d", i), "department", departments[i%3])
		}
		var texts []string
		note := func(report reconcile.Report) {
			for i := range report.Runs {
				run := &report.Runs[i]
				run.ID, run.Started, run.Finished = "", noon, noon
			}
			data, err := json.Marshal(report)
			h.must(err)
			texts = append(texts, string(data))
		}
		note(mustPlan(h, reconcile.Request{}))
		note(h.full())
		for i := range 30 {
			h.change(fmt.Sprintf("user%02d", i), "department", departments[(i+i%2)%3])
		}
		h.app.TakeAway("user03", entitlement("app:group/all"))
		h.app.TakeAway("user13", entitlement("app:group/all"))
		h.byHand("user07", "app:group/sellers")
		note(mustPlan(h, reconcile.Request{Full: true}))
		note(h.full())
		if round == 0 {
			first = texts
		}
		for i := range texts {
			h.same(fmt.Sprintf("report %d of round %d", i, round), texts[i], first[i])
		}
	}
}
