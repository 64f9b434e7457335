package store

import (
	"context"
	"time"

	"birthright/audit"
)

// SignalRow is a security event that a receiver is owed.
//
//	AddSignals ─→ ClaimSignal (leased) ─→ EndSignals      it has it
//	           │                       ├→ DelaySignal     due again later
//	           │                       ├→ RefuseSignal    kept until a person looks
//	           │                       └→ (holder dies)   due again when the lease ends
//	           └→ OfferSignals ─→ EndSignals              for receivers that poll
type SignalRow struct {
	N        int64  // given by AddSignals; rows are delivered in this order
	ID       string // given by AddSignals where it is empty
	Receiver string
	Event    string
	UserName string // of whom it tells; "" for nobody
	Data     string // JSON
	Created  time.Time
	DueAt    time.Time
	Attempts int
	// LastError is why the last attempt came to nothing, RefusedAt when the
	// receiver said that it will not take it; zero while it is to be delivered.
	LastError string
	RefusedAt time.Time
}

var signalColumns = concat(ints("n"), words("id", "receiver", "event", "user_name", "data"), ints("created", "due_at", "attempts"),
	words("last_error"), ints("refused_at"))

const selectSignals = "SELECT n, id, receiver, event, user_name, data, created, due_at, attempts, last_error, refused_at FROM signals "

func readSignal(row scanner) (SignalRow, error) {
	var s SignalRow
	var created, due, refused int64
	err := row.Scan(&s.N, &s.ID, &s.Receiver, &s.Event, &s.UserName, &s.Data, &created, &due, &s.Attempts, &s.LastError, &refused)
	s.Created, s.DueAt, s.RefusedAt = instant(created), instant(due), instant(refused)
	return s, err
}

// AddSignals notes what receivers are owed from now on, in this order. Numbers,
// times and missing identifiers are filled in, also in rows.
func (tx *Tx) AddSignals(ctx context.Context, rows []SignalRow, events ...audit.Event) error {
	if len(rows) == 0 {
		return tx.note(nil, events)
	}
	first, err := tx.take(ctx, "signals", len(rows))
	if err != nil {
		return err
	}
	into := bulk{table: "signals", columns: signalColumns}
	err = into.write(ctx, tx, len(rows), func(i int, v []any) {
		s := &rows[i]
		s.N, s.Created, s.DueAt = first+int64(i), tx.now, tx.now
		if s.ID == "" {
			s.ID = tx.db.o.NewID()
		}
		v[0], v[1], v[2], v[3], v[4], v[5] = s.N, s.ID, s.Receiver, s.Event, s.UserName, s.Data
		v[6], v[7], v[8], v[9], v[10] = micros(s.Created), micros(s.DueAt), int64(s.Attempts), printable(s.LastError), micros(s.RefusedAt)
	})
	return tx.note(err, events)
}

// SignalsDue reports whether the receiver is owed something that is due now,
// behind number after.
func (tx *Tx) SignalsDue(ctx context.Context, receiver string, after int64) (bool, error) {
	n, err := tx.number(ctx, "SELECT n FROM signals WHERE receiver = ? AND refused_at = 0 AND n > ? AND due_at <= ? LIMIT 1",
		receiver, after, micros(tx.now))
	return n > 0, err
}

// SignalsOwed reports whether the receiver is owed something, due or not.
func (tx *Tx) SignalsOwed(ctx context.Context, receiver string) (bool, error) {
	n, err := tx.number(ctx, "SELECT n FROM signals WHERE receiver = ? AND refused_at = 0 LIMIT 1", receiver)
	return n > 0, err
}

// SignalClaim says which signal of a receiver is claimed of those that are due.
type SignalClaim struct {
	Receiver string
	Lease    time.Duration
	// AfterN leaves out those up to this number. LeastTried prefers the one that was
	// tried least often to the one that is owed longest.
	AfterN     int64
	LeastTried bool
}

// ClaimSignal leases the first signal that is due to the caller for a time, and
// counts the attempt; it reports false where nothing is due.
func (tx *Tx) ClaimSignal(ctx context.Context, c SignalClaim) (SignalRow, bool, error) {
	order := "n"
	if c.LeastTried {
		order = "attempts, n"
	}
	found, err := list(ctx, tx, readSignal, selectSignals+"WHERE receiver = ? AND refused_at = 0 AND n > ? AND due_at <= ? ORDER BY "+order+" LIMIT 1",
		c.Receiver, c.AfterN, micros(tx.now))
	if err != nil || len(found) == 0 {
		return SignalRow{}, false, err
	}
	row := found[0]
	row.DueAt = tx.now.Add(c.Lease)
	row.Attempts++
	return row, true, tx.exec(ctx, "UPDATE signals SET due_at = ?, attempts = ? WHERE n = ?", micros(row.DueAt), row.Attempts, row.N)
}

// OfferSignals returns the first signals that the receiver is owed, due or not,
// and counts the attempt: what a receiver that polls is given. It reports whether
// there are more.
func (tx *Tx) OfferSignals(ctx context.Context, receiver string, limit int) (rows []SignalRow, more bool, err error) {
	rows, err = list(ctx, tx, readSignal, selectSignals+"WHERE receiver = ? AND refused_at = 0 ORDER BY n LIMIT ?", receiver, limit+1)
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	if len(rows) > limit {
		rows, more = rows[:limit], true
	}
	ns := make(numbers, len(rows))
	for i := range rows {
		rows[i].Attempts++
		ns[i] = rows[i].N
	}
	return rows, more, tx.exec(ctx, "UPDATE signals SET attempts = attempts + 1 WHERE n IN {numbers}", ns)
}

// DelaySignal makes a signal due later, after an attempt that came to nothing.
func (tx *Tx) DelaySignal(ctx context.Context, id string, until time.Time, reason string) error {
	return tx.exec(ctx, "UPDATE signals SET due_at = ?, last_error = ? WHERE id IN {texts}", micros(until), printable(reason), texts{id})
}

// RefuseSignal notes that the receiver will not take a signal. It stays, and is
// not delivered any more, until RetrySignals or EndSignals.
func (tx *Tx) RefuseSignal(ctx context.Context, id, reason string, events ...audit.Event) error {
	err := tx.exec(ctx, "UPDATE signals SET refused_at = ?, last_error = ? WHERE id IN {texts}", micros(tx.now), printable(reason), texts{id})
	return tx.note(err, events)
}

// RetrySignals makes signals due now, refused ones too.
func (tx *Tx) RetrySignals(ctx context.Context, ids []string, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "UPDATE signals SET due_at = ?, refused_at = 0 WHERE id IN {texts}", micros(tx.now), texts(ids)), events)
}

// EndSignals forgets signals: the receivers have them, or need not.
func (tx *Tx) EndSignals(ctx context.Context, ids []string, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "DELETE FROM signals WHERE id IN {texts}", texts(ids)), events)
}
