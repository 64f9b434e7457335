package targettest

import (
	"fmt"
	"testing"

	"birthright/targets"
)

// sizeCases ask around the sizes of pages and batches, where bugs live.
func sizeCases() []Case {
	return []Case{
		{
			Name: "accounts around the page size", Why: "an off-by-one in paging reads as mass departure",
			needs: []need{hasPeople}, run: pageSizes,
		},
		{
			Name: "members around the batch size", Why: "a batch cut at its border forgets one member, always the same one",
			needs: []need{hasPeople}, run: batchSizes,
		},
		{
			Name: "a failed page is an error", Why: "a short list taken for the whole removes everybody who was on the next page",
			needs: []need{hasPeople, canTear}, run: failedPage,
		},
	}
}

func sizeOr3(n int) int {
	if n <= 0 {
		return 3
	}
	return n
}

func people(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("p%05d", i)
	}
	return names
}

func pageSizes(t testing.TB, p Peer) {
	page := sizeOr3(p.Page)
	for _, n := range []int{page - 1, page, page + 1, 3 * page, 1, 0} {
		w := newWant()
		for _, name := range people(n) {
			w.account(name)
		}
		s := p.converge(t, w)
		if p.Target.Capabilities().DeleteAccounts && len(s.Accounts) != n {
			t.Errorf("%d accounts read, want %d", len(s.Accounts), n)
		}
	}
}

func batchSizes(t testing.TB, p Peer) {
	batch := sizeOr3(p.Batch)
	names := people(2*batch + 1)
	all := newWant()
	for _, n := range names {
		all.account(n)
	}
	for _, n := range []int{batch - 1, batch, batch + 1, len(names), batch, 1, 0, len(names), 0} {
		s := p.converge(t, all.clone().gives(p.entitlement("eng"), names[:n]...))
		if len(s.Assignments) != n {
			t.Errorf("%d assignments read, want %d", len(s.Assignments), n)
		}
	}
	// Half of these are true already, so that a batch meets both.
	p.converge(t, all.clone().gives(p.entitlement("eng"), names[:batch]...))
	var ops []targets.Op
	for _, n := range names {
		ops = append(ops, targets.Op{Action: targets.Add, Account: targets.Account{Name: n}, Entitlement: p.entitlement("eng")})
	}
	for i, r := range p.apply(t, ops) {
		if !r.Outcome.OK() {
			t.Errorf("%s in a batch where some are true already: %s", describe(ops[i]), told(r))
		}
	}
	p.settled(t, all.clone().gives(p.entitlement("eng"), names...))
}

func failedPage(t testing.TB, p Peer) {
	w := newWant()
	for _, n := range people(3 * sizeOr3(p.Page)) {
		w.account(n)
		if p.fleeting() {
			w.gives(p.entitlement("eng"), n)
		}
	}
	p.converge(t, w)
	p.FailRead(t)
	var s targets.State
	end, err := p.Target.Read(t.Context(), targets.Query{}, &s)
	if err == nil && end.Complete {
		t.Errorf("a read whose second page failed claims to be complete with %d of %d accounts", len(s.Accounts), len(w.accounts))
	}
	if err == nil {
		t.Error("a read whose second page failed tells no error")
	}
}
