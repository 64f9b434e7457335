package store

import (
	"cmp"
	"context"
	"time"

	"birthright/audit"
	"birthright/internal/tracing"
)

// mostFollowed is how much work one thing may make for a trace to go on with it: a bulk
// load is not followed person by person.
const mostFollowed = 200

// Work is a note that a user must be looked at: decided anew (Target "") or
// brought up to date on one target that could not be reached.
//
//	EnqueueWork ─→ ClaimWork (leased) ─→ FinishWork     gone, unless enqueued again meanwhile
//	                                  ├→ PostponeWork   due again later
//	                                  └→ (holder dies)  due again when the lease ends
type Work struct {
	Target    string
	UserN     int64
	DueAt     time.Time // zero means now
	Since     time.Time // when the need arose first; zero means now
	Attempts  int
	Removal   bool // access must be taken away: goes first
	LastError string
	// Trace is the place in the trace (package tracing) of what made it necessary; "" for
	// the place of whoever enqueues it.
	Trace string
	// Version is set by ClaimWork and read by FinishWork and PostponeWork.
	Version int64
}

// workRow is Work with what the queue itself keeps.
type workRow struct {
	Work
	claim, leasedUntil int64
}

type workKey struct {
	target string
	userN  int64
}

var workColumns = concat(words("target"), ints("user_n", "due_at", "since", "attempts"), truths("removal"), words("last_error"),
	ints("version", "claim", "leased_until"), words("trace"))

const selectWork = "SELECT target, user_n, due_at, since, attempts, removal, last_error, version, claim, leased_until, trace FROM work "

func readWorkRow(row scanner) (workRow, error) {
	var w workRow
	var due, since int64
	err := row.Scan(&w.Target, &w.UserN, &due, &since, &w.Attempts, &w.Removal, &w.LastError, &w.Version, &w.claim, &w.leasedUntil, &w.Trace)
	w.DueAt, w.Since = instant(due), instant(since)
	return w, err
}

func readWork(row scanner) (Work, error) {
	w, err := readWorkRow(row)
	w.Version = 0 // only a claim may finish
	return w.Work, err
}

// EnqueueWork notes work, one note for each target and user. Where there is one
// already, the earlier DueAt and Since, the greater Attempts, and the newer
// LastError and Trace hold, Removal stays, and a claim on it no longer finishes it.
func (tx *Tx) EnqueueWork(ctx context.Context, work []Work, events ...audit.Event) error {
	merged := make([]Work, 0, len(work))
	at := make(map[workKey]int, len(work))
	place := ""
	if len(work) <= mostFollowed {
		place = tracing.Place(ctx)
	}
	for _, w := range work {
		w.Trace = cmp.Or(w.Trace, place)
		w.DueAt, w.Since = orNow(w.DueAt, tx.now), orNow(w.Since, tx.now)
		if i, twice := at[workKey{w.Target, w.UserN}]; twice {
			merged[i] = merge(merged[i], w)
			continue
		}
		at[workKey{w.Target, w.UserN}] = len(merged)
		merged = append(merged, w)
	}
	if len(merged) == 0 {
		return tx.note(nil, events)
	}
	version, err := tx.take(ctx, "work", len(merged))
	if err != nil {
		return err
	}
	into := bulk{"work", workColumns, `(target, user_n) DO UPDATE SET
		due_at = CASE WHEN excluded.due_at < work.due_at THEN excluded.due_at ELSE work.due_at END,
		since = CASE WHEN excluded.since < work.since THEN excluded.since ELSE work.since END,
		attempts = CASE WHEN excluded.attempts > work.attempts THEN excluded.attempts ELSE work.attempts END,
		removal = work.removal OR excluded.removal,
		last_error = CASE WHEN excluded.last_error <> '' THEN excluded.last_error ELSE work.last_error END,
		trace = CASE WHEN excluded.trace <> '' THEN excluded.trace ELSE work.trace END,
		version = excluded.version`}
	err = into.write(ctx, tx, len(merged), func(i int, v []any) {
		fillWork(workRow{Work: merged[i]}, version+int64(i), v)
	})
	return tx.note(err, events)
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}

func merge(a, b Work) Work {
	if b.DueAt.Before(a.DueAt) {
		a.DueAt = b.DueAt
	}
	if b.Since.Before(a.Since) {
		a.Since = b.Since
	}
	if b.LastError != "" {
		a.LastError = b.LastError
	}
	a.Trace = cmp.Or(b.Trace, a.Trace)
	a.Attempts, a.Removal = max(a.Attempts, b.Attempts), a.Removal || b.Removal
	return a
}

func fillWork(w workRow, version int64, v []any) {
	v[0], v[1], v[2], v[3], v[4] = w.Target, w.UserN, micros(w.DueAt), micros(w.Since), int64(w.Attempts)
	v[5], v[6], v[7], v[8], v[9], v[10] = w.Removal, printable(w.LastError), version, w.claim, w.leasedUntil, w.Trace
}

// HastenWork makes due now the removals that some targets are owed: they can be
// reached again.
func (tx *Tx) HastenWork(ctx context.Context, targets []string) error {
	return tx.exec(ctx, "UPDATE work SET due_at = ? WHERE target IN {texts} AND removal = TRUE AND due_at > ?", micros(tx.now), texts(targets), micros(tx.now))
}

// RouseWork makes everything due now, and lets no claim last longer than lease from
// now: the clock was set back, and what it says of the past is ahead.
func (tx *Tx) RouseWork(ctx context.Context, lease time.Duration) error {
	now, longest := micros(tx.now), micros(tx.now.Add(lease))
	return tx.exec(ctx, `UPDATE work SET due_at = CASE WHEN due_at > ? THEN ? ELSE due_at END,
		leased_until = CASE WHEN leased_until > ? THEN ? ELSE leased_until END WHERE due_at > ? OR leased_until > ?`,
		now, now, longest, longest, now, longest)
}

// OwesRemovals reports whether a target is owed a removal.
func (tx *Tx) OwesRemovals(ctx context.Context, target string) (bool, error) {
	found, err := list(ctx, tx, readWork, selectWork+"WHERE target = ? AND removal = TRUE LIMIT 1", target)
	return len(found) > 0, err
}

// RemovalsDue reports whether something is to be taken away now, whether somebody is at
// it or not: by a note, or by a grant's turn that nobody has noted yet.
func (tx *Tx) RemovalsDue(ctx context.Context) (bool, error) {
	n, err := tx.number(ctx, `SELECT (SELECT count(*) FROM (SELECT 1 FROM work WHERE removal = TRUE AND due_at <= ? LIMIT 1) AS noted)
		+ (SELECT count(*) FROM (SELECT 1 FROM grants WHERE turn_at <> 0 AND turn_at <= ? LIMIT 1) AS turned)`, micros(tx.now), micros(tx.now))
	return n > 0, err
}

// DueWork returns up to limit notes for a target that are due at now, leased or
// not: removals first, then by DueAt and UserN. A limit of 0 is no bound.
func (tx *Tx) DueWork(ctx context.Context, target string, now time.Time, limit int) ([]Work, error) {
	return list(ctx, tx, readWork, selectWork+`WHERE target = ? AND due_at <= ?
		ORDER BY removal DESC, due_at, user_n LIMIT ?`, target, micros(now), bound(limit))
}

// NextDue returns the earliest time at which there is something to claim; the
// zero time when there is no work.
func (tx *Tx) NextDue(ctx context.Context) (time.Time, error) {
	// Each part reads one entry of an index.
	next, err := tx.number(ctx, `SELECT coalesce(min(at), 0) FROM (
			SELECT * FROM (SELECT due_at AS at FROM work WHERE removal = TRUE AND leased_until = 0 ORDER BY due_at LIMIT 1) a
			UNION ALL
			SELECT * FROM (SELECT due_at AS at FROM work WHERE removal = FALSE AND leased_until = 0 ORDER BY due_at LIMIT 1) b
			UNION ALL
			SELECT * FROM (SELECT min(leased_until) AS at FROM work WHERE leased_until <> 0) c
		) AS parts`)
	return instant(next), err
}

// Overdue returns the work for a target that was tried in vain, oldest first;
// "" for all targets.
func (tx *Tx) Overdue(ctx context.Context, target string) ([]Work, error) {
	if target == "" {
		return list(ctx, tx, readWork, selectWork+"WHERE target <> '' AND attempts > 0 ORDER BY since, target, user_n")
	}
	return list(ctx, tx, readWork, selectWork+"WHERE target = ? AND attempts > 0 ORDER BY since, user_n", target)
}

// Late sums up the work for a target that was tried in vain.
type Late struct {
	Users     int
	Since     time.Time // when the need for the oldest of it arose
	LastError string    // of one of them
}

// CountLate sums up the work that was tried in vain, by target.
func (tx *Tx) CountLate(ctx context.Context) (map[string]Late, error) {
	out := map[string]Late{}
	err := tx.each(ctx, func(row scanner) error {
		var target string
		var l Late
		var since int64
		err := row.Scan(&target, &l.Users, &since, &l.LastError)
		l.Since = instant(since)
		out[target] = l
		return err
	}, "SELECT target, count(*), min(since), max(last_error) FROM work WHERE target <> '' AND attempts > 0 GROUP BY target")
	return out, err
}

// WorkOf returns the work for some users on some targets.
func (tx *Tx) WorkOf(ctx context.Context, targets []string, userNs []int64) ([]Work, error) {
	return list(ctx, tx, readWork, selectWork+"WHERE target IN {texts} AND user_n IN {numbers} ORDER BY target, user_n", texts(targets), numbers(userNs))
}

// CountWork returns how many notes there are for each target.
func (tx *Tx) CountWork(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := tx.each(ctx, func(row scanner) error {
		var target string
		var n int
		err := row.Scan(&target, &n)
		out[target] = n
		return err
	}, "SELECT target, count(*) FROM work GROUP BY target")
	return out, err
}
