package e2e

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"birthright/targets/scim/scimsim"
)

// TestKilledAtAnyWrite kills a first sync to the application when its n-th write
// arrives: before the application did what it was asked, or after. Each time the
// next run must end in the right state.
func TestKilledAtAnyWrite(t *testing.T) {
	t.Parallel()
	base := newWorld(t, setup{})
	base.must(t, exitDone, "import")
	for i, n := range []int{1, 2, 7, 60, 149, 150, 151, 155, 159, 161} {
		// Done and not done are two ways to be killed; one kill has one of them.
		done := i%2 == 0
		name := fmt.Sprintf("write %d, not done", n)
		if done {
			name = fmt.Sprintf("write %d, done and not answered", n)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := base.fork(t, "")
			if !w.killedAtWrite(t, n, done, "sync", "--target", "app") {
				t.Fatalf("the sync made fewer than %d writes", n)
			}
			w.must(t, exitDone, "sync --target app")
			same(t, "the application", w.company.inApp(), readApp(w.app))
			w.app.ResetRequests()
			w.must(t, exitDone, "plan --full --exit-code --target app")
			w.must(t, exitDone, "sync --full --target app")
			if writes := appWrites(w.app); writes > 0 {
				t.Errorf("the run after that made %d writes: %v", writes, w.app.Requests())
			}
			w.proven(t)
		})
	}
}

// killedAtWrite runs a command that is killed when its n-th write reaches the
// application, and reports whether it was: false means that it came to its end
// before that.
func (w *world) killedAtWrite(t *testing.T, n int, done bool, args ...string) bool {
	t.Helper()
	process := make(chan *exec.Cmd, 1)
	w.app.Plant(scimsim.Fault{
		Writes: true, After: n - 1, Times: 1, Cut: !done, LoseReply: done,
		Hit: func() {
			cmd := <-process
			if err := cmd.Process.Kill(); err != nil {
				t.Errorf("kill: %v", err)
			}
		},
	})
	got := w.runWith(t, func(cmd *exec.Cmd) { process <- cmd }, args...)
	w.app.Heal()
	return got.killed(t)
}

// killed reports whether the command was killed; if not it must have succeeded.
func (o outcome) killed(t *testing.T) bool {
	t.Helper()
	if o.code > 0 {
		t.Fatalf("birthright %s: exit %d, where it should have been killed or successful: %s", o.line, o.code, brief(o.stderr))
	}
	return o.code < 0
}

// TestKilledAgainAndAgain kills every run after a few writes until one comes to
// its end, for a first load and for a reorganisation. The directory target is
// worked on all the while, so that it is interrupted at any point too.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killAgainAndAgain(t, newWorld(t, setup{}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killAgainAndAgain(t, newWorld(t, setup{database: shared.postgres.EmptyURL(t)}))
	})
}

func killAgainAndAgain(t *testing.T, w *world) {
	random := rand.New(rand.NewPCG(1, 2))
	until := func(most int) (kills int) {
		for w.killedAtWrite(t, 1+random.IntN(most), kills%2 == 0, "sync") {
			kills++
			if kills > 200 {
				t.Fatal("no run came to its end: killed runs leave nothing behind")
			}
		}
		return kills
	}
	w.must(t, exitDone, "import")
	first := until(40)
	w.right(t)
	w.settled(t)
	w.proven(t)

	w.reorganise(t)
	w.must(t, exitDone, "import")
	second := until(4)
	w.right(t)
	w.settled(t)
	w.proven(t)
	t.Logf("killed %d times in the first load and %d times in the reorganisation", first, second)
}

// reorganise moves Product Testing into Human Resources, renames half of
// Accounting and lets two people go.
func (w *world) reorganise(t *testing.T) {
	t.Helper()
	for _, uid := range w.company.of("Product Testing") {
		w.move(t, uid, "Human Resources")
	}
	for i, uid := range w.company.of("Accounting") {
		if i%2 == 0 {
			continue
		}
		mail := uid + "@accounting.example.com"
		modify(t, w.source, entryOf(uid), func(m *ldap.ModifyRequest) { m.Replace("mail", []string{mail}) })
		w.company.change(uid, func(p *person) { p.mail = mail })
	}
	w.remove(t, "jbrown")
	w.remove(t, "abarnes")
}

// TestStoppedInTheMiddle tells a sync to stop, politely, while it writes: it ends
// what it has begun and puts that on record, so that nothing is left unclear.
func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	base := newWorld(t, setup{})
	base.must(t, exitDone, "import")
	for _, n := range []int{1, 80, 153} {
		t.Run(fmt.Sprintf("write %d", n), func(t *testing.T) {
			t.Parallel()
			w := base.fork(t, fmt.Sprintf("stopped%d", n))
			process := make(chan *exec.Cmd, 1)
			w.app.Plant(scimsim.Fault{
				Writes: true, After: n - 1, Times: 1, Delay: 50 * time.Millisecond,
				Hit: func() {
					if err := (<-process).Process.Signal(syscall.SIGTERM); err != nil {
						t.Errorf("terminate: %v", err)
					}
				},
			})
			got := w.runWith(t, func(cmd *exec.Cmd) { process <- cmd }, "sync")
			w.app.Heal()
			if got.code != exitFailed && got.code != exitPart {
				t.Errorf("the stopped sync ended with exit %d: %s", got.code, brief(got.stderr))
			}
			t.Logf("exit %d: %s", got.code, brief(got.stderr))
			w.proven(t)
			w.must(t, exitDone, "sync")
			w.right(t)
			w.settled(t)
			w.proven(t)
		})
	}
}

// TestKilledWhileWritingTheDirectory kills the first sync to the directory once
// it has so many entries.
func TestKilledWhileWritingTheDirectory(t *testing.T) {
	t.Parallel()
	base := newWorld(t, setup{})
	base.must(t, exitDone, "import")
	for _, n := range []int{1, 40, 120, 152} {
		t.Run(fmt.Sprintf("%d entries", n), func(t *testing.T) {
			t.Parallel()
			w := base.fork(t, fmt.Sprintf("killed%d", n))
			conn := dial(t, w.directory)
			count := ldap.NewSearchRequest(w.base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false,
				"(|(objectClass=inetOrgPerson)(objectClass=groupOfNames))", []string{"1.1"}, nil)
			got := w.runWith(t, func(cmd *exec.Cmd) {
				eventually(t, 20*time.Second, func() string {
					found, err := conn.Search(count)
					if err != nil {
						return err.Error()
					}
					if len(found.Entries) < n {
						return fmt.Sprintf("the directory has %d entries", len(found.Entries))
					}
					return ""
				})
				_ = cmd.Process.Kill() // it may have come to its end just before
			}, "sync", "--target", "directory")
			t.Logf("killed: %v", got.killed(t))
			w.must(t, exitDone, "sync --target directory")
			same(t, "the directory", w.company.inDirectory(), readDirectory(t, w.directory, w.base))
			before := fingerprint(t, w.directory, w.base)
			w.must(t, exitDone, "plan --full --exit-code --target directory")
			w.must(t, exitDone, "sync --full --target directory")
			if after := fingerprint(t, w.directory, w.base); fmt.Sprint(before) != fmt.Sprint(after) {
				t.Error("the run after that wrote to the directory")
			}
			w.proven(t)
		})
	}
}

// TestKilledWhileImporting kills an import after some milliseconds, again and
// again: nobody is imported twice, and nobody who was is lost.
func TestKilledWhileImporting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	random := rand.New(rand.NewPCG(3, 4))
	had, kills := 0, 0
	for round := range 12 {
		got := w.runWith(t, func(cmd *exec.Cmd) {
			time.AfterFunc(time.Duration(10+random.IntN(20*(round+1)))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}, "import")
		if got.killed(t) {
			kills++
		}
		var users []struct{ UserName string }
		w.mustJSON(t, exitDone, "user list", &users)
		if len(users) < had {
			t.Fatalf("after a killed import there are %d users where there were %d", len(users), had)
		}
		had = len(users)
	}
	var got imports
	w.mustJSON(t, exitDone, "import", &got)
	var users []struct{ UserName string }
	w.mustJSON(t, exitDone, "user list", &users)
	if got.Imports[0].Seen != 150 || len(users) != 150 {
		t.Errorf("in the end %d people were seen and there are %d users, want 150", got.Imports[0].Seen, len(users))
	}
	t.Logf("killed %d of 12 times", kills)
	w.must(t, exitDone, "sync --target app")
	same(t, "the application", w.company.inApp(), readApp(w.app))
	w.proven(t)
}
