package targettest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"birthright/identity"
	"birthright/targets"

	"github.com/google/go-cmp/cmp"
)

// honestyCases ask whether a target is what it says it is.
func honestyCases() []Case {
	return []Case{
		{
			Name: "what is not declared is refused", Why: "the engine plans by the capabilities; one that works in secret is never tested",
			needs: []need{hasPeople}, run: undeclared,
		},
		{
			Name: "two reads are equal", Why: "a read that shakes makes drift out of nothing",
			needs: []need{hasPeople}, run: twoReads,
		},
		{
			Name: "last use is told as declared", Why: "a time that is made up, or lies ahead, hides an account that nobody uses",
			needs: []need{hasPeople}, run: lastUse,
		},
		{
			Name: "accounts and entitlements come first, once", Why: "an assignment of something not yet seen cannot be filed",
			needs: []need{hasPeople}, run: readOrder,
		},
		{
			Name: "normalising settles", Why: "if it bends its own answer again, plans never end",
			needs: []need{{"Normaliser", func(p Peer) bool { _, ok := p.Target.(targets.Normaliser); return ok }}},
			run:   normalising,
		},
		{
			Name: "the watermark tells changes", Why: "a mark that stands still while contents change hides drift",
			needs: []need{hasPeople, {"Watermarker", func(p Peer) bool { _, ok := p.Target.(targets.Watermarker); return ok }}},
			run:   watermark,
		},
		{
			Name: "secrets stay secret", Why: "errors and logs travel to chats, tickets and the audit log",
			needs: []need{hasPeople, hasCanary}, run: secrets,
		},
		{
			Name: "errors have a kind", Why: "programs act on kinds, never on text",
			needs: []need{hasPeople, explicit}, run: errorKinds,
		},
		{
			Name: "concurrent changes", Why: "several workers apply at once; run this with -race",
			needs: []need{hasPeople}, run: concurrent,
		},
		{
			Name: "the probe says yes", Why: "a check that fails on a working target is not believed when it matters",
			run: func(t testing.TB, p Peer) {
				r, err := p.Target.Probe(t.Context())
				if err != nil || !r.Reachable {
					t.Errorf("probe of a working target: reachable %v, error %v", r.Reachable, err)
				}
			},
		},
		{
			Name: "closing twice", Why: "shutdown paths meet; the second one must not panic",
			needs: []need{{"Closer", func(p Peer) bool { _, ok := p.Target.(targets.Closer); return ok }}},
			run: func(t testing.TB, p Peer) {
				p.read(t)
				closer := p.Target.(io.Closer)
				if err := errors.Join(closer.Close(), closer.Close()); err != nil {
					t.Errorf("close: %v", err)
				}
			},
		},
	}
}

func undeclared(t testing.TB, p Peer) {
	w := newWant().account("ada").gives(p.entitlement("eng"), "ada")
	s := p.converge(t, w)
	ada := s.Accounts[0]
	tried := 0
	for _, a := range []targets.Action{
		targets.CreateAccount, targets.UpdateAccount, targets.DisableAccount, targets.EnableAccount, targets.DeleteAccount, targets.CreateEntitlement,
	} {
		if p.understands(a) {
			continue
		}
		tried++
		if r := p.one(t, targets.Op{Action: a, Account: ada, Entitlement: p.entitlement("new")}); r.Outcome != targets.Refused {
			t.Errorf("%s is not declared and yet: %s", a, told(r))
		}
	}
	t.Logf("%d actions are not declared", tried)
	p.settled(t, w)
}

func twoReads(t testing.TB, p Peer) {
	w := newWant().account("ada", p.value(0), "one", p.value(1), "two").gives(p.entitlement("eng"), "ada")
	for _, n := range people(10) {
		w.account(n).gives(p.entitlement("eng"), n).gives(p.entitlement("ops"), n)
	}
	p.converge(t, w)
	if d := cmp.Diff(p.read(t), p.read(t)); d != "" {
		t.Errorf("two reads differ:\n%s", d)
	}
}

func readOrder(t testing.TB, p Peer) {
	w := newWant().gives(p.entitlement("ops"))
	for _, n := range people(2 * sizeOr3(p.Page)) {
		w.account(n).gives(p.entitlement("eng"), n)
	}
	p.converge(t, w)
	sink := newOrderly()
	if _, err := p.Target.Read(t.Context(), targets.Query{}, sink); err != nil {
		t.Fatal(err)
	}
	if len(sink.early) > 0 || len(sink.twice) > 0 {
		t.Errorf("assignments before what they belong to: %q; handed out twice: %q", sink.early, sink.twice)
	}
}

func normalising(t testing.TB, p Peer) {
	n := p.Target.(targets.Normaliser)
	for _, name := range awkward() {
		attributes := identity.Attributes{}
		for i := range p.Target.Capabilities().Attributes {
			attributes.Set(p.value(i), name, "second")
		}
		kept := attributes.Clone()
		once := n.Normalise(targets.Account{Name: name, Attributes: attributes})
		if d := cmp.Diff(once, n.Normalise(once)); d != "" {
			t.Errorf("%q: normalised twice differs from once:\n%s", name, d)
		}
		if d := cmp.Diff(kept, attributes); d != "" {
			t.Errorf("%q: normalising changed its argument:\n%s", name, d)
		}
	}
}

func watermark(t testing.TB, p Peer) {
	mark := func() string {
		m, err := p.Target.(targets.Watermarker).Watermark(t.Context())
		if err != nil {
			t.Fatalf("watermark: %v", err)
		}
		return m
	}
	w := newWant().account("ada").gives(p.entitlement("eng"))
	p.converge(t, w)
	first := mark()
	p.read(t)
	if mark() != first {
		t.Error("the watermark moved without a change")
	}
	p.converge(t, w.clone().gives(p.entitlement("eng"), "ada"))
	if mark() == first {
		t.Error("the watermark stood still while contents changed")
	}
}

func secrets(t testing.TB, p Peer) {
	look := func(where, text string) {
		if p.secretIn(text) {
			t.Errorf("the secret is in %s: %s", where, text)
		}
	}
	try := func(where string) {
		report, err := p.Target.Probe(t.Context())
		look(where+", probe", fmt.Sprint(report, err))
		_, err = p.Target.Read(t.Context(), targets.Query{}, &targets.State{})
		look(where+", read", fmt.Sprint(err))
		for _, op := range []targets.Op{
			{Action: targets.Add, Account: targets.Account{Name: "ada"}, Entitlement: p.entitlement("nowhere")},
			{Action: "dance"},
			{Action: targets.CreateAccount, Account: targets.Account{Name: "new-" + strings.ReplaceAll(where, " ", "-"), Active: true}},
		} {
			look(where+", "+string(op.Action), fmt.Sprint(p.one(t, op).Err))
		}
	}
	p.converge(t, newWant().account("ada").gives(p.entitlement("eng"), "ada"))
	try("normal times")
	if p.Outage != nil {
		p.Outage(t, true)
		try("an outage")
		p.Outage(t, false)
	}
	look("the log", p.Said())
}

func errorKinds(t testing.TB, p Peer) {
	p.converge(t, newWant().account("ada").gives(p.entitlement("eng")))
	for _, op := range []targets.Op{
		{Action: targets.Add, Account: targets.Account{Name: "nobody"}, Entitlement: p.entitlement("eng")},
		{Action: "dance"},
	} {
		if r := p.one(t, op); !kinded(r.Err) {
			t.Errorf("%s: error without a kind: %v", describe(op), r.Err)
		}
	}
	if p.Outage == nil {
		return
	}
	p.Outage(t, true)
	if r := p.one(t, targets.Op{Action: targets.Add, Account: targets.Account{Name: "ada"}, Entitlement: p.entitlement("eng")}); !kinded(r.Err) {
		t.Errorf("during an outage: error without a kind: %v", r.Err)
	}
	p.Outage(t, false)
}

func concurrent(t testing.TB, p Peer) {
	workers := max(2, p.Target.Capabilities().Concurrency)
	eng := p.entitlement("eng")
	p.converge(t, newWant().account("base").gives(eng, "base"))
	w := newWant().account("base").gives(eng, "base")
	names := people(4 * workers)
	for _, n := range names {
		w.account(n).gives(eng, n)
	}
	p.provide(t, w)
	creates := p.Target.Capabilities().CreateAccounts
	failed := make(chan string, 2*len(names))
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			for i := k; i < len(names); i += workers {
				account := targets.Account{Name: names[i], Active: true}
				ops := []targets.Op{{Action: targets.Add, Account: account, Entitlement: eng}}
				if creates {
					ops = slices.Insert(ops, 0, targets.Op{Action: targets.CreateAccount, Account: account})
				}
				for j, r := range p.Target.Apply(t.Context(), ops) {
					if !r.Outcome.OK() {
						failed <- describe(ops[j]) + ": " + told(r)
					}
				}
				if _, err := targets.ReadState(t.Context(), p.Target, targets.Query{Accounts: []targets.Account{account}}); err != nil {
					failed <- "read " + account.Name + ": " + err.Error()
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	for text := range failed {
		t.Error(text)
	}
	p.settled(t, w)
}
