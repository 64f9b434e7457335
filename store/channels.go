package store

import (
	"context"
	"time"
)

// PostedRow is a message that a channel posted and that must follow what becomes of
// the request: whoever reads it later must not find buttons for what is decided.
type PostedRow struct {
	N        int64 // given by AddPosted
	Channel  string
	RequestN int64
	UserN    int64
	Kind     string // of the notice
	// Place and Mark are how the channel finds it again.
	Place, Mark string
	Created     time.Time
}

// AddPosted remembers a message.
func (tx *Tx) AddPosted(ctx context.Context, p PostedRow) error {
	n, err := tx.take(ctx, "posted", 1)
	if err != nil {
		return err
	}
	return tx.exec(ctx, "INSERT INTO posted (n, channel, request_n, user_n, kind, place, mark, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		n, p.Channel, p.RequestN, p.UserN, p.Kind, p.Place, p.Mark, micros(tx.now))
}

// Posted returns what a channel posted about a request, in that order.
func (tx *Tx) Posted(ctx context.Context, channel string, requestN int64) ([]PostedRow, error) {
	return list(ctx, tx, func(row scanner) (p PostedRow, err error) {
		var created int64
		err = row.Scan(&p.N, &p.Channel, &p.RequestN, &p.UserN, &p.Kind, &p.Place, &p.Mark, &created)
		p.Created = instant(created)
		return p, err
	}, "SELECT n, channel, request_n, user_n, kind, place, mark, created FROM posted WHERE channel = ? AND request_n = ? ORDER BY n", channel, requestN)
}

// DropPosted forgets messages that need no more care.
func (tx *Tx) DropPosted(ctx context.Context, ns []int64) error {
	return tx.exec(ctx, "DELETE FROM posted WHERE n IN {numbers}", numbers(ns))
}

// ChannelRow is how a channel fared lately.
type ChannelRow struct {
	Name                  string
	SucceededAt, FailedAt time.Time // zero: never
	LastError             string    // of the last failure
	// Stopped is the fingerprint of the settings under which the other side wants
	// nothing more; "" while it does.
	Stopped string
}

// Channels returns how the channels fared, by name.
func (tx *Tx) Channels(ctx context.Context) (map[string]ChannelRow, error) {
	out := map[string]ChannelRow{}
	err := tx.each(ctx, func(row scanner) error {
		var c ChannelRow
		var succeeded, failed int64
		err := row.Scan(&c.Name, &succeeded, &failed, &c.LastError, &c.Stopped)
		c.SucceededAt, c.FailedAt = instant(succeeded), instant(failed)
		out[c.Name] = c
		return err
	}, "SELECT name, succeeded_at, failed_at, last_error, stopped FROM channels")
	return out, err
}

// SaveChannel replaces how a channel fared.
func (tx *Tx) SaveChannel(ctx context.Context, c ChannelRow) error {
	return tx.exec(ctx, `INSERT INTO channels (name, succeeded_at, failed_at, last_error, stopped) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET succeeded_at = excluded.succeeded_at, failed_at = excluded.failed_at,
			last_error = excluded.last_error, stopped = excluded.stopped`,
		c.Name, micros(c.SucceededAt), micros(c.FailedAt), printable(c.LastError), c.Stopped)
}

// MarkSeen reports whether a mark was seen before, and remembers it. What is older
// than keep is forgotten.
func (tx *Tx) MarkSeen(ctx context.Context, mark string, keep time.Duration) (before bool, err error) {
	if err := tx.exec(ctx, "DELETE FROM seen WHERE at < ?", micros(tx.now.Add(-keep))); err != nil {
		return false, err
	}
	n, err := tx.number(ctx, "SELECT count(*) FROM seen WHERE mark = ?", mark)
	if err != nil || n > 0 {
		return n > 0, err
	}
	return false, tx.exec(ctx, "INSERT INTO seen (mark, at) VALUES (?, ?)", mark, micros(tx.now))
}
