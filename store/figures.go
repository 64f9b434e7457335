package store

import (
	"context"
	"time"

	"birthright/grants"
)

// What is asked for figures costs no more at a million users than at a thousand: each
// question is answered by an index that holds no more than what is open, and counting
// stops.

// CountLimit is where counting for figures stops: what is more shows as that many.
const CountLimit = 100_000

// Tally is how many there are of something, and since when there is the oldest; the
// zero time where there is none.
type Tally struct {
	Count  int
	Oldest time.Time
}

// Age is how old the oldest is.
func (t Tally) Age(now time.Time) time.Duration {
	if t.Oldest.IsZero() {
		return 0
	}
	return max(now.Sub(t.Oldest), 0)
}

// tally counts what inner selects, whose one column is a time called at.
func (tx *Tx) tally(ctx context.Context, inner string, args ...any) (Tally, error) {
	var t Tally
	err := tx.each(ctx, func(row scanner) error {
		var oldest int64
		err := row.Scan(&t.Count, &oldest)
		t.Oldest = instant(oldest)
		return err
	}, "SELECT count(*), coalesce(min(at), 0) FROM ("+inner+" LIMIT 100000) AS some", args...)
	return t, err
}

// TallyOverdue counts the users for whom a change on a target was tried in vain: for
// whom something is to go, or those who are only to get something.
func (tx *Tx) TallyOverdue(ctx context.Context, target string, removal bool) (Tally, error) {
	if removal {
		return tx.tally(ctx, "SELECT since AS at FROM work WHERE target = ? AND removal = TRUE AND attempts > 0 ORDER BY since", target)
	}
	return tx.tally(ctx, "SELECT since AS at FROM work WHERE target = ? AND removal = FALSE AND attempts > 0 ORDER BY since", target)
}

// TallyDue counts what is due in the work queue and not done; the oldest is what is due
// for the longest time.
func (tx *Tx) TallyDue(ctx context.Context, removal bool) (Tally, error) {
	if removal {
		return tx.tally(ctx, "SELECT due_at AS at FROM work WHERE removal = TRUE AND due_at <= ? ORDER BY due_at", micros(tx.now))
	}
	return tx.tally(ctx, "SELECT due_at AS at FROM work WHERE removal = FALSE AND due_at <= ? ORDER BY due_at", micros(tx.now))
}

// TallyWork counts all that is in the work queue, due or not.
func (tx *Tx) TallyWork(ctx context.Context, removal bool) (Tally, error) {
	if removal {
		return tx.tally(ctx, "SELECT due_at AS at FROM work WHERE removal = TRUE ORDER BY due_at")
	}
	return tx.tally(ctx, "SELECT due_at AS at FROM work WHERE removal = FALSE ORDER BY due_at")
}

// TallyOrders counts the orders to take something away on a target that were not seen
// to be done.
func (tx *Tx) TallyOrders(ctx context.Context, target string) (Tally, error) {
	return tx.tally(ctx, "SELECT at FROM orders WHERE target = ? AND done_at = 0 ORDER BY at", target)
}

// TallyIntents counts the changes on a target that were begun and have no outcome.
func (tx *Tx) TallyIntents(ctx context.Context, target string) (Tally, error) {
	return tx.tally(ctx, "SELECT planned_at AS at FROM changes WHERE target = ? AND finished_at = 0", target)
}

// TallyHeld counts what a guard stopped and nobody released.
func (tx *Tx) TallyHeld(ctx context.Context, kind string) (Tally, error) {
	return tx.tally(ctx, "SELECT created AS at FROM held WHERE kind = ? AND released_at = 0 ORDER BY created", kind)
}

// TallyRequests counts the requests that wait for a decision.
func (tx *Tx) TallyRequests(ctx context.Context) (Tally, error) {
	return tx.tally(ctx, "SELECT created AS at FROM requests WHERE outcome = '' AND expires_at > ?", micros(tx.now))
}

// TallyGlass counts the broken glasses that nobody has looked at.
func (tx *Tx) TallyGlass(ctx context.Context) (Tally, error) {
	return tx.tally(ctx, "SELECT created AS at FROM requests WHERE kind = 'break-glass' AND reviewed_at = 0 AND n > 0 ORDER BY n")
}

// UsersEver is how many users were ever made. None is ever deleted.
func (tx *Tx) UsersEver(ctx context.Context) (int64, error) {
	return tx.number(ctx, "SELECT coalesce(max(n), 0) FROM users")
}

// LastPushes returns, by source, when a token of it was used last; without those that
// never were.
func (tx *Tx) LastPushes(ctx context.Context) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	err := tx.each(ctx, func(row scanner) error {
		var source string
		var at int64
		err := row.Scan(&source, &at)
		out[source] = instant(at)
		return err
	}, "SELECT source, max(last_used) FROM tokens WHERE source <> '' AND last_used <> 0 GROUP BY source")
	return out, err
}

// OpenGrantTimes returns what the state of each open grant follows from, and nothing
// else of it; CountLimit of them at most.
func (tx *Tx) OpenGrantTimes(ctx context.Context) ([]grants.Grant, error) {
	return list(ctx, tx, readGrantTimes, `SELECT starts_at, deadline, not_after, begun_at, activated_at, ends_at, over_at, over_how
		FROM grants WHERE settled_at = 0 LIMIT 100000`)
}

func readGrantTimes(row scanner) (g grants.Grant, err error) {
	var starts, deadline, notAfter, begun, activated, ends, over int64
	err = row.Scan(&starts, &deadline, &notAfter, &begun, &activated, &ends, &over, &g.Over)
	g.StartsAt, g.Deadline, g.NotAfter, g.BegunAt = instant(starts), instant(deadline), instant(notAfter), instant(begun)
	g.ActivatedAt, g.EndsAt, g.OverAt = instant(activated), instant(ends), instant(over)
	return g, err
}
