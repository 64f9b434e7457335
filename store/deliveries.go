package store

import (
	"context"
	"time"

	"birthright/audit"
)

// DeliveryRow is one message that a channel has to bring to one recipient.
//
//	AddDeliveries ─→ ClaimDeliveries (leased) ─→ EndDeliveries    it is there
//	              │                           ├→ DelayDeliveries  due again later
//	              │                           ├→ GiveUpDelivery   kept for a while, to look at
//	              │                           └→ (holder dies)    due again when the lease ends
type DeliveryRow struct {
	N                int64  // given by AddDeliveries
	ID               string // given by AddDeliveries; the same on every attempt
	Channel          string
	Kind             string // of the notice
	RequestN, GrantN int64
	UserN            int64 // 0: whoever listens to the channel
	// Refresh brings what was posted about the request up to date.
	Refresh bool
	Story   string    // JSON
	Created time.Time // when it happened; zero means now
	DueAt   time.Time
	// Attempts counts the claims, LastError is why the last one came to nothing.
	Attempts  int
	LastError string
	// GivenUpAt is when it was given up, zero while it is to be delivered.
	GivenUpAt time.Time
}

var deliveryColumns = concat(ints("n"), words("id", "channel", "kind"), ints("request_n", "grant_n", "user_n"), truths("refresh"), words("story"),
	ints("created", "due_at", "attempts"), words("last_error"), ints("given_up_at"))

const selectDeliveries = `SELECT n, id, channel, kind, request_n, grant_n, user_n, refresh, story, created, due_at, attempts, last_error, given_up_at
	FROM deliveries `

func readDelivery(row scanner) (d DeliveryRow, err error) {
	var created, due, givenUp int64
	err = row.Scan(&d.N, &d.ID, &d.Channel, &d.Kind, &d.RequestN, &d.GrantN, &d.UserN, &d.Refresh, &d.Story, &created, &due, &d.Attempts, &d.LastError, &givenUp)
	d.Created, d.DueAt, d.GivenUpAt = instant(created), instant(due), instant(givenUp)
	return d, err
}

// AddDeliveries notes what channels have to bring from now on, in this order.
// Numbers, identifiers and times are filled in, also in rows.
func (tx *Tx) AddDeliveries(ctx context.Context, rows []DeliveryRow) error {
	if len(rows) == 0 {
		return nil
	}
	first, err := tx.take(ctx, "deliveries", len(rows))
	if err != nil {
		return err
	}
	into := bulk{table: "deliveries", columns: deliveryColumns}
	return into.write(ctx, tx, len(rows), func(i int, v []any) {
		d := &rows[i]
		d.N, d.Created, d.DueAt = first+int64(i), orNow(d.Created, tx.now), orNow(d.DueAt, tx.now)
		if d.ID == "" {
			d.ID = tx.db.o.NewID()
		}
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = d.N, d.ID, d.Channel, d.Kind, d.RequestN, d.GrantN, d.UserN
		v[7], v[8], v[9], v[10], v[11] = d.Refresh, printable(d.Story), micros(d.Created), micros(d.DueAt), int64(d.Attempts)
		v[12], v[13] = printable(d.LastError), micros(d.GivenUpAt)
	})
}

// Lane selects the deliveries of a channel that one worker brings: those whose notice
// is of these kinds, or with Others all but those. The zero Lane selects none.
type Lane struct {
	Channel string
	Kinds   []string
	Others  bool
}

// due is the condition of what the lane has to bring at an instant.
func (l Lane) due(at time.Time) (where string, args []any) {
	in := "IN"
	if l.Others {
		in = "NOT IN"
	}
	return "channel = ? AND given_up_at = 0 AND due_at <= ? AND kind " + in + " {texts}", []any{l.Channel, micros(at), texts(l.Kinds)}
}

// ClaimDeliveries leases up to limit deliveries of a lane that are due to the
// caller for a time, and counts the attempt: nobody else gets them before the
// lease is over.
func (tx *Tx) ClaimDeliveries(ctx context.Context, lane Lane, limit int, lease time.Duration) ([]DeliveryRow, error) {
	where, args := lane.due(tx.now)
	rows, err := list(ctx, tx, readDelivery, selectDeliveries+"WHERE "+where+" ORDER BY due_at, n LIMIT ?", append(args, limit)...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ns := make(numbers, len(rows))
	for i := range rows {
		rows[i].DueAt = tx.now.Add(lease)
		rows[i].Attempts++
		ns[i] = rows[i].N
	}
	return rows, tx.exec(ctx, "UPDATE deliveries SET due_at = ?, attempts = attempts + 1 WHERE n IN {numbers}", micros(tx.now.Add(lease)), ns)
}

// DeliveriesDue reports whether a lane has something to bring now.
func (tx *Tx) DeliveriesDue(ctx context.Context, lane Lane) (bool, error) {
	where, args := lane.due(tx.now)
	n, err := tx.number(ctx, "SELECT n FROM deliveries WHERE "+where+" LIMIT 1", args...)
	return n > 0, err
}

// EndChannel forgets everything that a channel had still to bring.
func (tx *Tx) EndChannel(ctx context.Context, channel string, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "DELETE FROM deliveries WHERE channel = ? AND given_up_at = 0", channel), events)
}

// EndDeliveries forgets deliveries: they were made, or need not be any more.
func (tx *Tx) EndDeliveries(ctx context.Context, ns []int64, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "DELETE FROM deliveries WHERE n IN {numbers}", numbers(ns)), events)
}

// DelayDelivery makes a delivery due later, after an attempt that came to nothing.
func (tx *Tx) DelayDelivery(ctx context.Context, n int64, until time.Time, reason string) error {
	return tx.exec(ctx, "UPDATE deliveries SET due_at = ?, last_error = ? WHERE n = ?", micros(until), printable(reason), n)
}

// ReleaseDeliveries gives claimed deliveries back that were not tried: they are due
// at a time, and the attempt does not count.
func (tx *Tx) ReleaseDeliveries(ctx context.Context, ns []int64, due time.Time) error {
	return tx.exec(ctx, "UPDATE deliveries SET due_at = ?, attempts = attempts - 1 WHERE n IN {numbers}", micros(due), numbers(ns))
}

// GiveUpDelivery notes that a delivery will not be tried any more.
func (tx *Tx) GiveUpDelivery(ctx context.Context, n int64, reason string, events ...audit.Event) error {
	err := tx.exec(ctx, "UPDATE deliveries SET given_up_at = ?, last_error = ? WHERE n = ?", micros(tx.now), printable(reason), n)
	return tx.note(err, events)
}

// RetryDeliveries makes deliveries due now, those that were given up too.
func (tx *Tx) RetryDeliveries(ctx context.Context, ids []string, events ...audit.Event) error {
	err := tx.exec(ctx, "UPDATE deliveries SET due_at = ?, given_up_at = 0, created = CASE WHEN given_up_at = 0 THEN created ELSE ? END WHERE id IN {texts}",
		micros(tx.now), micros(tx.now), texts(ids))
	return tx.note(err, events)
}

// ForgetDeliveries deletes what was given up before a time, and what happened before
// it: nobody brings that any more.
func (tx *Tx) ForgetDeliveries(ctx context.Context, before time.Time) error {
	return tx.exec(ctx, "DELETE FROM deliveries WHERE given_up_at <> 0 AND given_up_at < ? OR created < ?", micros(before), micros(before))
}

// DeliveryFilter selects deliveries. Empty fields do not filter.
type DeliveryFilter struct {
	Channel string
	// GivenUp selects those that are not tried any more.
	GivenUp bool
	Limit   int // 0 for no bound
}

// Deliveries returns what is to be brought, oldest first.
func (tx *Tx) Deliveries(ctx context.Context, f DeliveryFilter) ([]DeliveryRow, error) {
	return list(ctx, tx, readDelivery, selectDeliveries+`WHERE (channel = ? OR ? = '') AND (given_up_at <> 0 OR ? = 0) ORDER BY n LIMIT ?`,
		f.Channel, f.Channel, flag(f.GivenUp), bound(f.Limit))
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// DeliveryCount says how much one channel has to bring.
type DeliveryCount struct {
	Owed    int       // that are to be brought
	GivenUp int       // that are not tried any more
	Oldest  time.Time // since when the oldest one is owed; zero for nothing
}

// CountDeliveries returns the counts by channel.
func (tx *Tx) CountDeliveries(ctx context.Context) (map[string]DeliveryCount, error) {
	counts := map[string]DeliveryCount{}
	err := tx.each(ctx, func(row scanner) error {
		var name string
		var c DeliveryCount
		var oldest int64
		err := row.Scan(&name, &c.Owed, &c.GivenUp, &oldest)
		c.Oldest = instant(oldest)
		counts[name] = c
		return err
	}, `SELECT channel, sum(CASE WHEN given_up_at = 0 THEN 1 ELSE 0 END), sum(CASE WHEN given_up_at = 0 THEN 0 ELSE 1 END),
		coalesce(min(CASE WHEN given_up_at = 0 THEN created END), 0) FROM deliveries GROUP BY channel`)
	return counts, err
}
