package e2e

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/targets/scim/scimsim"
)

// What ends, ends: whatever happens to the hub, to a target or to the database while
// grants of a few seconds come and go, the targets hold exactly what live grants give
// a few seconds later.

const (
	kills        = 20
	replicaKills = 6 // each takes a lease's end
)

// TestKilledWhileGrantsEnd kills the hub at random moments.
func TestKilledWhileGrantsEnd(t *testing.T) {
	l := newLending(t, setup{})
	stop := l.keepLending(t)
	random := rand.New(rand.NewPCG(5, 6))
	var longest, sinceStart time.Duration
	for range kills {
		started := time.Now()
		s := l.serve(t)
		longest = max(longest, l.rightSoon(t, inTime))
		sinceStart = max(sinceStart, time.Since(started))
		<-time.After(time.Duration(random.IntN(600)) * time.Millisecond)
		s.kill()
	}
	s := l.serve(t)
	l.over(t, stop)
	s.stop(t)
	t.Logf("killed %d times; right at most %v after it listened, %v after it was started", kills, longest, sinceStart)
	l.proven(t)
}

// TestReplicasKilledWhileGrantsEnd kills one of three replicas after the other; the
// others go on.
func TestReplicasKilledWhileGrantsEnd(t *testing.T) {
	l := newLending(t, setup{database: shared.postgres.EmptyURL(t)})
	stop := l.keepLending(t)
	random := rand.New(rand.NewPCG(7, 8))
	replicas := []*serving{l.serve(t), l.serve(t), l.serve(t)}
	var longest time.Duration
	for i := range replicaKills {
		<-time.After(time.Duration(random.IntN(400)) * time.Millisecond)
		replicas[i%len(replicas)].kill()
		longest = max(longest, l.rightSoon(t, 2*inTime))
		replicas[i%len(replicas)] = l.serve(t)
	}
	l.over(t, stop)
	for _, s := range replicas {
		s.stop(t)
	}
	t.Logf("killed %d times; right at most %v after that", replicaKills, longest)
	l.proven(t)
}

// TestTargetAwayWhileGrantsEnd takes the application down for a while.
func TestTargetAwayWhileGrantsEnd(t *testing.T) {
	l := newLending(t, setup{})
	stop := l.keepLending(t)
	s := l.serve(t)
	var longest time.Duration
	for range 2 {
		l.busy(t)
		l.world.app.Down()
		eventually(t, 2*inTime, func() string {
			if all, err := l.Desk.Overdue(t.Context(), desk.Operator("operator:test")); err != nil || len(all) < 4 {
				return fmt.Sprintf("%d grants are overdue, though their target is away: %v", len(all), err)
			}
			return ""
		})
		if err := l.world.app.Up(); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, l.rightSoon(t, inTime))
	}
	l.over(t, stop)
	s.stop(t)
	t.Logf("right at most %v after the application was back", longest)
	l.proven(t)
}

// TestDatabaseAwayWhileGrantsEnd cuts the hub off its database for a while.
func TestDatabaseAwayWhileGrantsEnd(t *testing.T) {
	url := shared.postgres.EmptyURL(t)
	l := newLending(t, setup{database: url})
	stop := l.keepLending(t)
	s := l.serve(t)
	var longest time.Duration
	for range 3 {
		l.busy(t)
		back := shared.postgres.Away(t, url)
		<-time.After(2 * time.Second)
		back()
		longest = max(longest, l.rightSoon(t, inTime))
	}
	l.over(t, stop)
	s.stop(t)
	t.Logf("right at most %v after the database was back", longest)
	l.proven(t)
}

// TestReplicaFrozenWhileGrantsEnd stops a replica in the middle of a write to the
// application, with everything that it has locked, and lets it go on long after its
// leases were over. Another one does the work meanwhile.
func TestReplicaFrozenWhileGrantsEnd(t *testing.T) {
	l := newLending(t, setup{database: shared.postgres.EmptyURL(t)})
	stop := l.keepLending(t)
	frozen := l.serve(t)
	l.busy(t)
	hit := make(chan struct{})
	l.world.app.Plant(scimsim.Fault{Writes: true, Times: 1, Delay: 50 * time.Millisecond, Hit: func() {
		if err := frozen.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Errorf("freeze: %v", err)
		}
		close(hit)
	}})
	<-hit
	froze := time.Now()
	other := l.serve(t)
	alone := l.rightSoon(t, 3*inTime)
	l.rightSoon(t, inTime)
	if err := frozen.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	lasted := time.Since(froze)
	thawed := l.rightSoon(t, inTime)
	l.over(t, stop)
	for _, s := range []*serving{frozen, other} {
		s.stop(t)
	}
	t.Logf("right %v after the other replica listened; frozen for %v; right %v after it went on", alone, lasted, thawed)
	l.proven(t)
}
