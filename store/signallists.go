package store

import (
	"context"
	"time"
)

// SignalFilter selects signals. Empty fields do not filter.
type SignalFilter struct {
	Receiver string
	IDs      []string
	Limit    int // 0 for no bound
}

// Signals returns what receivers are owed, in the order of delivery.
func (tx *Tx) Signals(ctx context.Context, f SignalFilter) ([]SignalRow, error) {
	limit := bound(f.Limit)
	switch {
	case f.IDs != nil && f.Receiver != "":
		return list(ctx, tx, readSignal, selectSignals+"WHERE receiver = ? AND id IN {texts} ORDER BY n LIMIT ?", f.Receiver, texts(f.IDs), limit)
	case f.IDs != nil:
		return list(ctx, tx, readSignal, selectSignals+"WHERE id IN {texts} ORDER BY n LIMIT ?", texts(f.IDs), limit)
	case f.Receiver != "":
		return list(ctx, tx, readSignal, selectSignals+"WHERE receiver = ? ORDER BY n LIMIT ?", f.Receiver, limit)
	}
	return list(ctx, tx, readSignal, selectSignals+"ORDER BY n LIMIT ?", limit)
}

// SignalCount says how much one receiver is owed.
type SignalCount struct {
	Owed    int       // that are to be delivered
	Failed  int       // of these, that were tried in vain
	Refused int       // that wait for a person
	Oldest  time.Time // since when the oldest one is owed; zero for nothing
}

// CountSignals returns the counts by receiver.
func (tx *Tx) CountSignals(ctx context.Context) (map[string]SignalCount, error) {
	counts := map[string]SignalCount{}
	err := tx.each(ctx, func(row scanner) error {
		var name string
		var c SignalCount
		var oldest int64
		err := row.Scan(&name, &c.Owed, &c.Failed, &c.Refused, &oldest)
		c.Oldest = instant(oldest)
		counts[name] = c
		return err
	}, `SELECT receiver, sum(CASE WHEN refused_at = 0 THEN 1 ELSE 0 END),
		sum(CASE WHEN refused_at = 0 AND last_error <> '' THEN 1 ELSE 0 END),
		sum(CASE WHEN refused_at = 0 THEN 0 ELSE 1 END), min(created) FROM signals GROUP BY receiver`)
	return counts, err
}

// LastSignal returns the highest number that the receiver is owed, 0 for none.
func (tx *Tx) LastSignal(ctx context.Context, receiver string) (int64, error) {
	return tx.number(ctx, "SELECT n FROM signals WHERE receiver = ? AND refused_at = 0 ORDER BY n DESC LIMIT 1", receiver)
}
