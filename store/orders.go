package store

import (
	"context"
	"time"

	"birthright/audit"
	"birthright/identity"
)

// OrderRow says that an account on a target is to lose an entitlement, because a
// person said so: of access that no membership gives.
type OrderRow struct {
	N  int64
	ID string
	// Target and Holder say whose account: a user's number or a stranger's. Account
	// is its name, for people.
	Target      string
	Holder      int64
	Account     string
	Entitlement identity.Entitlement
	By, Reason  string
	Source      string // the item of a review; "" for none
	At          time.Time
	// DoneAt is when it was seen to be gone, or when the order was withdrawn; zero
	// until then. Outcome says which.
	DoneAt  time.Time
	Outcome string
}

// How an order can end.
const (
	OrderGone      = "gone"      // a look at the target showed it no more
	OrderGiven     = "given"     // a membership gives it now
	OrderWithdrawn = "withdrawn" // somebody wants it to stay
)

var orderColumns = concat(ints("n"), words("id", "target"), ints("holder"), words("account", "kind", "ent_id", "by_actor", "reason", "source"),
	ints("at", "done_at"), words("outcome"))

var selectOrders = "SELECT " + namesOf(orderColumns) + " FROM orders "

func readOrder(row scanner) (o OrderRow, err error) {
	var at, done int64
	err = row.Scan(&o.N, &o.ID, &o.Target, &o.Holder, &o.Account, &o.Entitlement.Kind, &o.Entitlement.ID, &o.By, &o.Reason, &o.Source, &at, &done, &o.Outcome)
	o.Entitlement.Target = o.Target
	o.At, o.DoneAt = instant(at), instant(done)
	return o, err
}

// AddOrders orders access to go. Numbers, IDs and times are filled in, also in rows.
// The caller notes the work that follows.
func (tx *Tx) AddOrders(ctx context.Context, rows []*OrderRow, events ...audit.Event) error {
	if len(rows) == 0 {
		return tx.note(nil, events)
	}
	first, err := tx.take(ctx, "orders", len(rows))
	if err != nil {
		return err
	}
	for i, o := range rows {
		o.N, o.ID, o.At = first+int64(i), publicID("o", first+int64(i)), tx.now
		o.Target = o.Entitlement.Target
	}
	into := bulk{table: "orders", columns: orderColumns}
	err = into.write(ctx, tx, len(rows), func(i int, v []any) {
		o := rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = o.N, o.ID, o.Target, o.Holder, printable(o.Account), o.Entitlement.Kind, o.Entitlement.ID
		v[7], v[8], v[9], v[10], v[11], v[12] = o.By, printable(o.Reason), o.Source, micros(o.At), micros(o.DoneAt), o.Outcome
	})
	return tx.note(err, events)
}

// EndOrders ends orders that are open; the others stay as they are.
func (tx *Tx) EndOrders(ctx context.Context, ids []string, outcome string, events ...audit.Event) error {
	if len(ids) == 0 {
		return tx.note(nil, events)
	}
	return tx.note(tx.exec(ctx, "UPDATE orders SET done_at = ?, outcome = ? WHERE done_at = 0 AND id IN {texts}", micros(tx.now), outcome, texts(ids)), events)
}

// OpenOrders returns the orders that are not carried out on a target, of these
// holders, of everybody where that is nil; by number. The name "" stands for all
// targets.
func (tx *Tx) OpenOrders(ctx context.Context, target string, holders []int64) ([]OrderRow, error) {
	where, args := "WHERE done_at = 0", []any{}
	if target != "" {
		where, args = where+" AND target = ?", append(args, target)
	}
	if holders != nil {
		where, args = where+" AND holder IN {numbers}", append(args, numbers(holders))
	}
	return list(ctx, tx, readOrder, selectOrders+where+" ORDER BY n", args...)
}

// OrdersOfStrangers returns, by target, when something was ordered last that is still
// open and about an account without a user.
func (tx *Tx) OrdersOfStrangers(ctx context.Context) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	err := tx.each(ctx, func(row scanner) error {
		var target string
		var at int64
		err := row.Scan(&target, &at)
		out[target] = instant(at)
		return err
	}, "SELECT target, max(at) FROM orders WHERE done_at = 0 AND holder >= ? GROUP BY target", int64(identity.FirstStranger))
	return out, err
}

// OrdersByID returns the orders with these IDs, by number.
func (tx *Tx) OrdersByID(ctx context.Context, ids []string) ([]OrderRow, error) {
	return list(ctx, tx, readOrder, selectOrders+"WHERE id IN {texts} ORDER BY n", texts(ids))
}

// Orders returns every order there was, newest first.
func (tx *Tx) Orders(ctx context.Context) ([]OrderRow, error) {
	return list(ctx, tx, readOrder, selectOrders+"ORDER BY n DESC")
}

// OrderPage returns a part of the orders that are open, by number, or of all there were,
// newest first. AfterN is the number of the last entry of the page before.
func (tx *Tx) OrderPage(ctx context.Context, all bool, afterN int64, limit int) ([]OrderRow, error) {
	where, args := inPages("done_at", all, afterN, limit)
	return list(ctx, tx, readOrder, selectOrders+where, args...)
}
