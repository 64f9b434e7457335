package targettest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/memory"
)

// wrapper is a target with one fault planted in it; nil functions pass through.
type wrapper struct {
	*memory.Target
	caps      func(targets.Capabilities) targets.Capabilities
	read      func(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error)
	op        func(op targets.Op) targets.Op
	result    func(op targets.Op, r targets.Result) targets.Result
	apply     func(ctx context.Context, ops []targets.Op) []targets.Result
	probe     func() (targets.Report, error)
	mark      func() string
	normalise func(targets.Account) targets.Account
	ends      func(ctx context.Context, accounts []targets.Account, e identity.Entitlement) (int, error)
	closed    int
}

func (w *wrapper) Capabilities() targets.Capabilities {
	if w.caps != nil {
		return w.caps(w.Target.Capabilities())
	}
	return w.Target.Capabilities()
}

func (w *wrapper) Probe(ctx context.Context) (targets.Report, error) {
	if w.probe != nil {
		return w.probe()
	}
	return w.Target.Probe(ctx)
}

func (w *wrapper) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if w.read != nil {
		return w.read(ctx, q, sink)
	}
	return w.Target.Read(ctx, q, sink)
}

func (w *wrapper) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if w.apply != nil {
		return w.apply(ctx, ops)
	}
	changed := make([]targets.Op, len(ops))
	for i, op := range ops {
		changed[i] = op
		if w.op != nil {
			changed[i] = w.op(op)
		}
	}
	results := w.Target.Apply(ctx, changed)
	for i, r := range results {
		if w.result != nil {
			results[i] = w.result(ops[i], r)
		}
	}
	return results
}

func (w *wrapper) Watermark(ctx context.Context) (string, error) {
	if w.mark != nil {
		return w.mark(), nil
	}
	return w.Target.Watermark(ctx)
}

func (w *wrapper) Normalise(a targets.Account) targets.Account {
	if w.normalise != nil {
		return w.normalise(a)
	}
	return a
}

func (w *wrapper) EndSessions(ctx context.Context, accounts []targets.Account, e identity.Entitlement) (int, error) {
	if w.ends != nil {
		return w.ends(ctx, accounts, e)
	}
	return w.Target.EndSessions(ctx, accounts, e)
}

func (w *wrapper) Close() error {
	w.closed++
	if w.closed > 1 && w.mark != nil {
		panic("closed twice")
	}
	return nil
}

// filterSink passes a read on, changed or shortened by its functions.
type filterSink struct {
	targets.Sink
	account    func(targets.Account) (targets.Account, bool)
	assignment func(targets.Assignment) (targets.Assignment, bool)
}

func (f filterSink) Account(a targets.Account) error {
	if f.account != nil {
		changed, ok := f.account(a)
		if !ok {
			return nil
		}
		a = changed
	}
	return f.Sink.Account(a)
}

func (f filterSink) Assignment(a targets.Assignment) error {
	if f.assignment != nil {
		changed, ok := f.assignment(a)
		if !ok {
			return nil
		}
		a = changed
	}
	return f.Sink.Assignment(a)
}

// okOnFailure reports every failure as done.
func okOnFailure(_ targets.Op, r targets.Result) targets.Result {
	if !r.Outcome.OK() {
		return targets.Result{Outcome: targets.Done, AccountID: "x"}
	}
	return r
}

// leavesOut does nothing for ops for which drop holds and reports them as done.
func leavesOut(drop func(targets.Op) bool) func(w *wrapper) {
	return func(w *wrapper) {
		w.apply = func(ctx context.Context, ops []targets.Op) []targets.Result {
			results := make([]targets.Result, len(ops))
			for i, op := range ops {
				if drop(op) {
					results[i] = targets.Result{Outcome: targets.Done, AccountID: op.Account.ID}
					continue
				}
				results[i] = w.Target.Apply(ctx, []targets.Op{op})[0]
			}
			return results
		}
	}
}

func action(a targets.Action) func(targets.Op) bool {
	return func(op targets.Op) bool { return op.Action == a }
}

// onceOnly errors when an account that is there is created again.
func onceOnly(op targets.Op, r targets.Result) targets.Result {
	if op.Action == targets.CreateAccount && r.Outcome == targets.Already {
		return targets.Result{Outcome: targets.Refused, Err: errors.New("exists")}
	}
	return r
}

// firstMatch takes a pattern for the first account that it would match.
func firstMatch(w *wrapper) {
	w.op = func(op targets.Op) targets.Op {
		if strings.ContainsAny(op.Account.Name, "*%") {
			op.Account.Name = "ada"
		}
		return op
	}
}

// plants has, for each case, a fault that the case must find.
func plants() map[string]func(w *wrapper) {
	return map[string]func(w *wrapper){
		"empty reads as empty": func(w *wrapper) {
			w.read = func(ctx context.Context, q targets.Query, s targets.Sink) (targets.End, error) {
				if err := s.Account(targets.Account{ID: "root", Name: "root"}); err != nil {
					return targets.End{}, err
				}
				return w.Target.Read(ctx, q, s)
			}
		},
		"joiner, mover, leaver": leavesOut(action(targets.Remove)),
		"everything in one call": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op { // knows accounts by id alone
				if op.Action == targets.Add && op.Account.ID == "" {
					op.Account.Name = "?"
				}
				return op
			}
		},
		"attributes change and come back": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op { // never clears a value
				if op.Action == targets.UpdateAccount && len(op.Account.Attributes) == 0 {
					op.Account.Attributes = identity.Attributes{w.Target.Capabilities().Attributes[0]: {"stuck"}}
				}
				return op
			}
		},
		"an update keeps what is held": func(w *wrapper) {
			w.result = func(op targets.Op, r targets.Result) targets.Result {
				if op.Action == targets.UpdateAccount {
					w.TakeAway("ada", identity.Entitlement{Target: "t", Kind: "group", ID: "eng"})
				}
				return r
			}
		},
		"rename keeps account and access": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op { // makes a second account
				if op.Action == targets.UpdateAccount {
					op.Action = targets.CreateAccount
				}
				return op
			}
		},
		"disable and enable":                  leavesOut(action(targets.EnableAccount)),
		"leave and return":                    func(w *wrapper) { w.result = failSecondCreate() },
		"deleting what is gone is done":       staleDelete,
		"creating a taken name is no success": func(w *wrapper) { w.result = okOnFailure },
		"letter case": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op { op.Account.Name = strings.ToLower(op.Account.Name); return op }
		},
		"awkward account names": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op { op.Account.Name = strings.TrimSpace(op.Account.Name); return op }
		},
		"awkward entitlement names": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op {
				op.Entitlement.ID, _, _ = strings.Cut(op.Entitlement.ID, ",")
				return op
			}
		},
		"awkward values": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op {
				op.Account.Attributes = op.Account.Attributes.Clone()
				for name, values := range op.Account.Attributes {
					op.Account.Attributes.Set(name, strings.ReplaceAll(values[0], `"`, ""))
				}
				return op
			}
		},
		"names that are patterns":       firstMatch,
		"accounts around the page size": func(w *wrapper) { w.read = firstAccounts(w, 3) },
		"members around the batch size": forgetsFourth,
		"a failed page is an error":     func(w *wrapper) { w.read = swallowsErrors(w) },
		"strangers are left alone": func(w *wrapper) { // replaces all members instead of adding one
			w.result = func(op targets.Op, r targets.Result) targets.Result {
				if op.Action == targets.Add {
					w.TakeAway("stranger", op.Entitlement)
				}
				return r
			}
		},
		"held through something else": func(w *wrapper) {
			w.read = filtered(w, filterSink{assignment: func(a targets.Assignment) (targets.Assignment, bool) {
				a.Indirect = false
				return a, true
			}})
		},
		"unknown account is stale":     func(w *wrapper) { w.result = okOnFailure },
		"unknown entitlement is stale": func(w *wrapper) { w.result = okOnFailure },
		"nonsense is refused, in its place": func(w *wrapper) {
			w.apply = func(ctx context.Context, ops []targets.Op) []targets.Result {
				results := w.Target.Apply(ctx, ops)
				for i, r := range results {
					if !r.Outcome.OK() { // the rest of the call is given up
						for j := i; j < len(results); j++ {
							results[j] = r
						}
						break
					}
				}
				return results
			}
		},
		"nothing to do": func(w *wrapper) {
			w.apply = func(context.Context, []targets.Op) []targets.Result { return make([]targets.Result, 1) }
		},
		"scoped reads": func(w *wrapper) {
			w.read = func(ctx context.Context, q targets.Query, s targets.Sink) (targets.End, error) {
				if len(q.Accounts) == 0 {
					q.Accounts = nil
				}
				return w.Target.Read(ctx, q, s)
			}
		},
		"a sink's error ends the read": func(w *wrapper) {
			w.read = func(ctx context.Context, q targets.Query, s targets.Sink) (targets.End, error) {
				end, _ := w.Target.Read(ctx, q, s)
				return end, nil
			}
		},
		"a lost reply converges":       func(w *wrapper) { w.result = onceOnly },
		"a refusal is never a success": func(w *wrapper) { w.result = okOnFailure },
		"cancelled before it begins":   ignoresCancel,
		"an outage passes":             func(w *wrapper) { w.read = swallowsErrors(w) },
		"told to wait": func(w *wrapper) { // forgets what had to wait
			w.result = func(_ targets.Op, r targets.Result) targets.Result {
				if r.Outcome == targets.Throttled {
					r.Outcome, r.RetryAt = targets.Refused, time.Time{}
				}
				return r
			}
		},
		"trouble at every request of a read":   func(w *wrapper) { w.read = swallowsErrors(w) },
		"trouble at every request of a change": func(w *wrapper) { w.result = okOnFailure },
		"an end is set, moved and cleared": func(w *wrapper) {
			held := map[string]bool{}
			w.op = func(op targets.Op) targets.Op { // keeps the first end
				if op.Action == targets.Add && held[op.Account.Name] {
					op.Action = targets.EnableAccount
				}
				held[op.Account.Name] = held[op.Account.Name] || op.Action == targets.Add
				return op
			}
		},
		"what has an end ends by itself": func(w *wrapper) { // keeps the end and does nothing about it
			ends := map[string]time.Time{}
			w.op = func(op targets.Op) targets.Op {
				ends[op.Account.Name], op.NotAfter = op.NotAfter, time.Time{}
				return op
			}
			w.read = filtered(w, filterSink{assignment: func(a targets.Assignment) (targets.Assignment, bool) {
				a.NotAfter = ends[a.AccountID]
				return a, true
			}})
		},
		"sessions end": func(w *wrapper) { // throws everybody out
			w.ends = func(ctx context.Context, _ []targets.Account, e identity.Entitlement) (int, error) {
				return w.Target.EndSessions(ctx, w.Snapshot().Accounts, e)
			}
		},
		"what is not declared is refused": func(w *wrapper) {
			w.caps = func(c targets.Capabilities) targets.Capabilities { c.DeleteAccounts = false; return c }
		},
		"last use is told as declared": func(w *wrapper) {
			w.read = filtered(w, filterSink{account: func(a targets.Account) (targets.Account, bool) {
				a.LastUsed = time.Now().Add(time.Hour)
				return a, true
			}})
		},
		"two reads are equal": func(w *wrapper) {
			reads := 0
			w.read = filtered(w, filterSink{account: func(a targets.Account) (targets.Account, bool) {
				reads++
				a.ID = a.ID + strings.Repeat("'", reads%2)
				return a, true
			}})
		},
		"accounts and entitlements come first, once": func(w *wrapper) { w.read = backwards(w) },
		"normalising settles": func(w *wrapper) {
			w.normalise = func(a targets.Account) targets.Account { a.Name += "!"; return a }
		},
		"the watermark tells changes": func(w *wrapper) { w.mark = func() string { return "always" } },
		"secrets stay secret": func(w *wrapper) {
			w.result = func(_ targets.Op, r targets.Result) targets.Result {
				if r.Err != nil {
					r.Err = errors.New("bind with password canary-5f1e failed")
				}
				return r
			}
		},
		"errors have a kind": func(w *wrapper) {
			w.result = func(_ targets.Op, r targets.Result) targets.Result {
				if r.Err != nil {
					r.Err = errors.New("no")
				}
				return r
			}
		},
		"concurrent changes": forgetsFourth,
		"the probe says yes": func(w *wrapper) { w.probe = func() (targets.Report, error) { return targets.Report{}, nil } },
		"closing twice":      func(w *wrapper) { w.mark = func() string { return "" } },
		"random histories agree with the model": func(w *wrapper) {
			w.op = func(op targets.Op) targets.Op { // forgets who is inactive on update
				if op.Action == targets.EnableAccount {
					op.Action = targets.DisableAccount
				}
				return op
			}
		},
	}
}

func failSecondCreate() func(targets.Op, targets.Result) targets.Result {
	left := false
	return func(op targets.Op, r targets.Result) targets.Result {
		left = left || op.Action == targets.DeleteAccount
		if left && op.Action == targets.CreateAccount {
			return targets.Result{Outcome: targets.Refused, Err: errors.New("the name was used before")}
		}
		return r
	}
}

func staleDelete(w *wrapper) {
	w.result = func(op targets.Op, r targets.Result) targets.Result {
		if op.Action == targets.DeleteAccount && r.Outcome == targets.Already {
			return targets.Result{Outcome: targets.Stale, Err: errors.New("gone")}
		}
		return r
	}
}

// forgetsFourth drops the fourth addition.
func forgetsFourth(w *wrapper) {
	var mu sync.Mutex
	added := map[string]bool{}
	w.op = func(op targets.Op) targets.Op {
		mu.Lock()
		defer mu.Unlock()
		if op.Action == targets.Add {
			added[op.Account.Name] = true
			if len(added) == 4 {
				op.Action = targets.Remove
			}
		}
		return op
	}
}

func firstAccounts(w *wrapper, n int) func(context.Context, targets.Query, targets.Sink) (targets.End, error) {
	return func(ctx context.Context, q targets.Query, s targets.Sink) (targets.End, error) {
		seen := 0
		return w.Target.Read(ctx, q, filterSink{Sink: s, account: func(a targets.Account) (targets.Account, bool) {
			seen++
			return a, seen <= n
		}})
	}
}

func swallowsErrors(w *wrapper) func(context.Context, targets.Query, targets.Sink) (targets.End, error) {
	return func(ctx context.Context, q targets.Query, s targets.Sink) (targets.End, error) {
		_, _ = w.Target.Read(ctx, q, s)
		return targets.End{Complete: true}, nil
	}
}

func filtered(w *wrapper, f filterSink) func(context.Context, targets.Query, targets.Sink) (targets.End, error) {
	return func(ctx context.Context, q targets.Query, s targets.Sink) (targets.End, error) {
		f.Sink = s
		return w.Target.Read(ctx, q, f)
	}
}

// backwards hands out assignments before anything else.
func backwards(w *wrapper) func(context.Context, targets.Query, targets.Sink) (targets.End, error) {
	return func(ctx context.Context, q targets.Query, s targets.Sink) (targets.End, error) {
		var all targets.State
		end, err := w.Target.Read(ctx, q, &all)
		for _, a := range all.Assignments {
			_ = s.Assignment(a)
		}
		for _, a := range all.Accounts {
			_ = s.Account(a)
		}
		for _, e := range all.Entitlements {
			_ = s.Entitlement(e)
		}
		return end, err
	}
}

func ignoresCancel(w *wrapper) {
	w.apply = func(_ context.Context, ops []targets.Op) []targets.Result {
		return w.Target.Apply(context.Background(), ops)
	}
}

func TestModelKeepsTheContract(t *testing.T) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			p := MemoryPeer(memory.New("t"), "t", func(m targets.Target) targets.Target {
				return &wrapper{Target: m.(*memory.Target)}
			})
			if missing := c.missing(p); len(missing) > 0 {
				t.Fatalf("the model must be asked everything, but it lacks %q", missing)
			}
			c.run(t, p)
		})
	}
}

func TestEveryCaseCanFail(t *testing.T) {
	planted := plants()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			plant, ok := planted[c.Name]
			if !ok {
				t.Fatal("no fault is planted for this case: a case that never failed proves nothing")
			}
			delete(planted, c.Name)
			p := MemoryPeer(memory.New("t"), "t", func(m targets.Target) targets.Target {
				w := &wrapper{Target: m.(*memory.Target)}
				plant(w)
				return w
			})
			failures := watch(t, c, p)
			if len(failures) == 0 {
				t.Errorf("the case did not find the planted fault")
				return
			}
			t.Logf("found: %s", failures[0])
		})
	}
	for name := range planted {
		t.Errorf("a fault is planted for %q, which is no case", name)
	}
}
