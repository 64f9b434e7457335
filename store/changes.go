package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
	"birthright/identity"
	"birthright/targets"
)

// ChangeRow is one step on a target, written before it is tried (the intent)
// and again when its outcome is known: outbox and history in one.
type ChangeRow struct {
	ID, Run, Target      string
	UserN                int64
	User, Action         string // Action is a targets.Action
	Account, Entitlement string
	Causes               []identity.Cause
	Ordered              bool // by a person, lifecycle or an end time: guards do not count it
	Outcome, Error       string
	PlannedAt            time.Time // set when first saved, unless given
	FinishedAt           time.Time // zero for an open intent
}

// ChangeQuery selects changes, newest first. Empty fields do not filter.
type ChangeQuery struct {
	Target, Run, Action, Outcome string
	UserN                        int64
	Since                        time.Time // planned at or after
	// Runs selects those of some runs, After the position behind which to begin.
	Runs  []string
	After ChangePosition
	Limit int // 0 for no bound
}

// ChangePosition is where a change stands in the list; the zero one is before all.
type ChangePosition struct {
	PlannedAt time.Time
	ID        string
}

var changeColumns = concat(words("id", "run", "target"), ints("user_n"), words("user_name", "action"), truths("removal"),
	words("account", "entitlement", "causes"), truths("ordered"), words("outcome", "error"), ints("planned_at", "finished_at"))

const selectChanges = `SELECT id, run, target, user_n, user_name, action, account, entitlement, causes, ordered, outcome, error,
	planned_at, finished_at FROM changes `

func readChange(row scanner) (ChangeRow, error) {
	var c ChangeRow
	var causes string
	var planned, finished int64
	err := row.Scan(&c.ID, &c.Run, &c.Target, &c.UserN, &c.User, &c.Action, &c.Account, &c.Entitlement, &causes, &c.Ordered,
		&c.Outcome, &c.Error, &planned, &finished)
	if err != nil {
		return c, err
	}
	c.PlannedAt, c.FinishedAt = instant(planned), instant(finished)
	c.Causes, err = parseCauses(causes)
	return c, err
}

// SaveChanges inserts changes, or replaces them but for PlannedAt, by ID.
func (tx *Tx) SaveChanges(ctx context.Context, rows []ChangeRow, events ...audit.Event) error {
	rows = lastOf(rows, func(c ChangeRow) string { return c.ID })
	causes := make([]string, len(rows))
	for i, c := range rows {
		var err error
		if causes[i], err = causesText(c.Causes); err != nil {
			return err
		}
	}
	into := bulk{"changes", changeColumns, replacing("id", changeColumns, "planned_at")}
	err := into.write(ctx, tx, len(rows), func(i int, v []any) {
		c := rows[i]
		if c.PlannedAt.IsZero() {
			c.PlannedAt = tx.now
		}
		v[0], v[1], v[2], v[3], v[4], v[5] = c.ID, c.Run, c.Target, c.UserN, c.User, c.Action
		v[6], v[7], v[8], v[9], v[10] = targets.Action(c.Action).Removes(), c.Account, c.Entitlement, causes[i], c.Ordered
		v[11], v[12], v[13], v[14] = c.Outcome, printable(c.Error), micros(c.PlannedAt), micros(c.FinishedAt)
	})
	return tx.note(err, events)
}

// UsersWithOpenChanges returns which of some users have a change whose outcome is not
// known.
func (tx *Tx) UsersWithOpenChanges(ctx context.Context, userNs []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		err := row.Scan(&n)
		out[n] = true
		return err
	}, "SELECT user_n FROM changes WHERE user_n IN {numbers} AND finished_at = 0", numbers(userNs))
	return out, err
}

// StillOpen returns which of some changes, by ID, have no outcome yet.
func (tx *Tx) StillOpen(ctx context.Context, ids []string) (map[string]bool, error) {
	out := make(map[string]bool, len(ids))
	err := tx.each(ctx, func(row scanner) error {
		var id string
		err := row.Scan(&id)
		out[id] = true
		return err
	}, "SELECT id FROM changes WHERE id IN {texts} AND finished_at = 0", texts(ids))
	return out, err
}

// OpenChanges returns the intents of a target whose outcome is not known, in
// the order of their planning; "" for all targets.
func (tx *Tx) OpenChanges(ctx context.Context, target string) ([]ChangeRow, error) {
	if target == "" {
		return list(ctx, tx, readChange, selectChanges+"WHERE finished_at = 0 ORDER BY planned_at, id")
	}
	// One that also allows for any target would not be answered by the index.
	return list(ctx, tx, readChange, selectChanges+"WHERE target = ? AND finished_at = 0 ORDER BY planned_at, id", target)
}

// PendingChanges returns what a target accepted at since or later and was not seen to
// have made so: the last change of its user, account and entitlement that has this
// outcome. userNs limits them to some users, nil does not.
func (tx *Tx) PendingChanges(ctx context.Context, target string, userNs []int64, since time.Time) ([]ChangeRow, error) {
	const last = `WHERE target = ? AND outcome = 'pending' AND finished_at >= ? AND NOT EXISTS (SELECT 1 FROM changes later
		WHERE later.user_n = changes.user_n AND later.target = changes.target AND later.entitlement = changes.entitlement
		AND later.account = changes.account AND (later.planned_at, later.id) > (changes.planned_at, changes.id)) `
	if userNs == nil {
		return list(ctx, tx, readChange, selectChanges+last+"ORDER BY planned_at, id", target, micros(since))
	}
	return list(ctx, tx, readChange, selectChanges+last+"AND user_n IN {numbers} ORDER BY planned_at, id", target, micros(since), numbers(userNs))
}

// LastRemovals returns the removals of entitlements from some users that no later change
// of the same followed, by user, target and entitlement.
func (tx *Tx) LastRemovals(ctx context.Context, userNs []int64) ([]ChangeRow, error) {
	return list(ctx, tx, readChange, selectChanges+`WHERE user_n IN {numbers} AND action = 'remove' AND NOT EXISTS (SELECT 1 FROM changes later
		WHERE later.user_n = changes.user_n AND later.target = changes.target AND later.entitlement = changes.entitlement
		AND (later.planned_at, later.id) > (changes.planned_at, changes.id)) ORDER BY user_n, target, entitlement`, numbers(userNs))
}

// CountUnorderedRemovals returns how many removals that nobody ordered were
// planned for a target at since or later, and took effect or may have: those
// with outcome done, pending or unknown, and open intents.
func (tx *Tx) CountUnorderedRemovals(ctx context.Context, target string, since time.Time) (int, error) {
	n, err := tx.number(ctx, `SELECT count(*) FROM changes WHERE target = ? AND planned_at >= ? AND removal = TRUE AND ordered = FALSE
		AND (finished_at = 0 OR outcome IN ('done', 'pending', 'unknown'))`, target, micros(since))
	return int(n), err
}

// Changes returns the changes that q selects, newest first.
func (tx *Tx) Changes(ctx context.Context, q ChangeQuery) ([]ChangeRow, error) {
	s := tx.bun.NewSelect().Table("changes").Column("id", "run", "target", "user_n", "user_name", "action", "account", "entitlement",
		"causes", "ordered", "outcome", "error", "planned_at", "finished_at").Order("planned_at DESC", "id DESC")
	for column, value := range map[string]string{"target": q.Target, "run": q.Run, "action": q.Action, "outcome": q.Outcome} {
		if value != "" {
			s = s.Where(column+" = ?", value)
		}
	}
	if q.UserN != 0 {
		s = s.Where("user_n = ?", q.UserN)
	}
	if !q.Since.IsZero() {
		s = s.Where("planned_at >= ?", micros(q.Since))
	}
	if len(q.Runs) > 0 {
		s = s.Where("run IN ?", bun.Tuple(q.Runs))
	}
	if q.After != (ChangePosition{}) {
		s = s.Where("(planned_at, id) < (?, ?)", micros(q.After.PlannedAt), q.After.ID)
	}
	return selected(ctx, s.Limit(int64(q.Limit)), readChange)
}

// CountOpenChanges returns how many intents without a known outcome there are, by target.
func (tx *Tx) CountOpenChanges(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := tx.each(ctx, func(row scanner) error {
		var target string
		var n int
		err := row.Scan(&target, &n)
		out[target] = n
		return err
	}, "SELECT target, count(*) FROM changes WHERE finished_at = 0 GROUP BY target")
	return out, err
}
