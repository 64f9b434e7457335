package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/app"
	"birthright/config"
	"birthright/grants"
	"birthright/grants/desk"
	sourcekinds "birthright/sources/builtin"
	"birthright/store"
	targetkinds "birthright/targets/builtin"
)

const (
	// owner approves what is asked for; loans is how many groups people ask for.

	owner    = "kvaughan"
	loans    = 4
	askEvery = 150 * time.Millisecond
	// inTime is how soon the targets must be right.
	inTime = 5 * time.Second
)

var loanTimes = []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}

// lending is a world in which people ask for access for a few seconds, and get it,
// all the time: through the database that the hub under test has.
type lending struct {
	*world
	*app.App
}

// newLending makes such a world, in which everybody has what rules give.
func newLending(t *testing.T, s setup) *lending {
	t.Helper()
	l := &lending{world: newWorld(t, s)}
	var groups strings.Builder
	for i := range loans {
		fmt.Fprintf(&groups, loanGroup, loanName(i), owner)
	}
	l.write(t, "policies/loans.yaml", "groups:\n"+groups.String())
	l.must(t, exitDone, "import")
	l.must(t, exitDone, "sync")
	cfg, err := config.Load(filepath.Join(l.dir, "birthright.yaml"), config.Kinds{Sources: sourcekinds.Kinds(), Targets: targetkinds.Kinds()}, l.env)
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range l.env {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value) // where this process looks for what the configuration names
	}
	if l.App, err = app.Open(t.Context(), app.Options{Config: cfg, Actor: "operator:e2e"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.App.Close() }) // the test is over
	return l
}

const loanGroup = `  - name: %[1]s
    standing: never
    owners: ["user:%[2]s"]
    access: ["directory:group/%[1]s", "app:group/%[1]s"]
    request:
      allow: "true"
      durations: {default: 1s, max: 1m}
      approve: [{by: owners}]
`

func loanName(i int) string { return fmt.Sprintf("loan-%d", i) }

// lend has somebody ask for a group and the owner approve. An error is the
// database's, which may be away.
func (l *lending) lend(ctx context.Context, user, group string, d time.Duration) error {
	asker, err := l.Desk.Actor(ctx, user)
	if err != nil {
		return err
	}
	approver, err := l.Desk.Actor(ctx, owner)
	if err != nil {
		return err
	}
	made, err := l.Desk.Ask(ctx, asker, desk.Wish{Groups: []string{group}, For: d})
	if err != nil {
		return err
	}
	_, err = l.Desk.Approve(ctx, approver, made[0].ID, "")
	return err
}

// keepLending lends to one person after the other until stop is called, which
// returns how often it was done and how often it could not be.
func (l *lending) keepLending(t *testing.T) (stop func() (lent, failed int)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	people := slices.DeleteFunc(l.company.uids(), func(uid string) bool { return uid == owner })
	lent, failed := 0, 0
	var last error
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(askEvery)
		defer ticker.Stop()
		for i := 0; ; i++ {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
			if err := l.lend(ctx, people[i%len(people)], loanName(i/len(people)%loans), loanTimes[i%len(loanTimes)]); err != nil {
				failed, last = failed+1, err
			} else {
				lent++
			}
		}
	})
	stop = sync.OnceValues(func() (int, int) {
		cancel()
		done.Wait()
		if last != nil {
			t.Log("what could not be asked for, the last time:", last)
		}
		return lent, failed
	})
	t.Cleanup(func() { _, _ = stop() })
	return stop
}

// busy waits until some grants are active.
func (l *lending) busy(t *testing.T) {
	t.Helper()
	eventually(t, 2*inTime, func() string {
		all, err := l.grants(t.Context())
		if err != nil {
			return err.Error()
		}
		active := 0
		for _, g := range all {
			if g.State(time.Now()) == grants.Active {
				active++
			}
		}
		if active < 6 {
			return fmt.Sprintf("%d grants of %d are active", active, len(all))
		}
		return ""
	})
}

// grants returns every grant as the store has it.
func (l *lending) grants(ctx context.Context) (all []grants.Grant, err error) {
	err = l.Store.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Grants(ctx, store.GrantFilter{})
		return err
	})
	return all, err
}

// loan is somebody in a group of which people are members for a time.
type loan struct{ user, group string }

// lentOut is who is in those groups on each target, by the test's own look.
func (l *lending) lentOut(t *testing.T) map[string]map[loan]bool {
	t.Helper()
	out := map[string]map[loan]bool{"app": {}, "directory": {}}
	for _, g := range l.world.app.Snapshot().Groups {
		for _, member := range g.Members {
			out["app"][loan{member, g.DisplayName}] = true
		}
	}
	for _, e := range search(t, l.directory, "ou=groups,"+l.base, "(cn=loan-*)", "cn", "member") {
		for _, dn := range e.GetAttributeValues("member") {
			rdn, _, _ := strings.Cut(dn, ",")
			out["directory"][loan{strings.TrimPrefix(rdn, "uid="), e.GetAttributeValue("cn")}] = true
		}
	}
	for _, held := range out {
		for one := range held {
			if !strings.HasPrefix(one.group, "loan-") || one.user == "cn=birthright-placeholder" {
				delete(held, one)
			}
		}
	}
	return out
}

// wrong says what is not right on the targets of all that should have come true by
// due: what is over by then must be gone, and what was given by then must be there.
func (l *lending) wrong(t *testing.T, due time.Time) string {
	t.Helper()
	before, err := l.grants(t.Context())
	if err != nil {
		return err.Error()
	}
	held := l.lentOut(t)
	looked := time.Now()
	after, err := l.grants(t.Context())
	if err != nil {
		return err.Error()
	}
	live := map[loan]bool{} // at any time from due on
	for _, g := range after {
		live[loan{g.User, g.Group}] = live[loan{g.User, g.Group}] || g.End().After(due)
	}
	given := map[int64]bool{}
	for _, g := range before {
		given[g.N] = !g.StartsAt.After(due)
	}
	var faults []string
	for target, has := range held {
		for one := range has {
			if !live[one] {
				faults = append(faults, fmt.Sprintf("%s still has %v", target, one))
			}
		}
		for _, g := range after {
			if given[g.N] && g.End().After(looked) && !has[loan{g.User, g.Group}] {
				faults = append(faults, fmt.Sprintf("%s lacks %s (%s)", target, g.ID, g.State(looked)))
			}
		}
	}
	slices.Sort(faults)
	return strings.Join(faults, "\n")
}

// rightSoon waits until the targets are right as of now, and returns how long that took.
func (l *lending) rightSoon(t *testing.T, within time.Duration) time.Duration {
	t.Helper()
	due := time.Now()
	return eventually(t, within, func() string { return l.wrong(t, due) })
}

// over ends the lending and checks that nothing of it is left, and that all else is as
// rules give it.
func (l *lending) over(t *testing.T, stop func() (int, int)) {
	t.Helper()
	lent, failed := stop()
	eventually(t, slices.Max(loanTimes)+2*inTime, func() string {
		all, err := l.grants(t.Context())
		if err != nil {
			return err.Error()
		}
		for _, g := range all {
			if g.SettledAt.IsZero() {
				return fmt.Sprintf("%s of %s is %s", g.ID, g.User, g.State(time.Now()))
			}
		}
		return ""
	})
	for target, held := range l.lentOut(t) {
		if len(held) > 0 {
			t.Errorf("%s has %v, though all is over", target, held)
		}
	}
	got := []holdings{readApp(l.world.app), readDirectory(t, l.directory, l.base)}
	for i, want := range []holdings{l.company.inApp(), l.company.inDirectory()} {
		for j := range loans {
			delete(got[i].Groups, loanName(j))
		}
		same(t, []string{"the application", "the directory"}[i], want, got[i])
	}
	t.Logf("lent %d times; %d more could not be asked for", lent, failed)
	if lent == 0 {
		t.Error("nothing was lent at all")
	}
}
