package store

import (
	"context"
	"slices"
	"time"
)

// ConversationRow is one request of a source and its answer, with secrets masked
// already: for people who look for what went wrong. No audit event goes with
// these rows. They are diagnostics, a few of many, may be lost, and are deleted
// all the time; what was done to people and access has its events elsewhere.
type ConversationRow struct {
	ID, Source string
	At         time.Time
	Failed     bool
	Data       string // JSON
}

// ConversationQuery selects conversations of one source.
type ConversationQuery struct {
	Source string
	Failed bool      // only those
	Since  time.Time // only from then on
	Limit  int       // so many of the newest; 0 for all
}

var conversationColumns = concat(words("id", "source"), ints("at"), truths("failed"), words("data"))

func readConversation(row scanner) (ConversationRow, error) {
	var c ConversationRow
	var at int64
	err := row.Scan(&c.ID, &c.Source, &at, &c.Failed, &c.Data)
	c.At = instant(at)
	return c, err
}

// SaveConversations inserts rows, or replaces them by ID.
func (tx *Tx) SaveConversations(ctx context.Context, rows []ConversationRow) error {
	into := bulk{"conversations", conversationColumns, replacing("id", conversationColumns)}
	return into.write(ctx, tx, len(rows), func(i int, v []any) {
		c := rows[i]
		v[0], v[1], v[2], v[3], v[4] = c.ID, c.Source, micros(c.At), c.Failed, printable(c.Data)
	})
}

// TrimConversations deletes all but the last keep of a source. Half of the places
// are for those that failed, as far as there are so many: what somebody looks for
// is not pushed out by what went well.
func (tx *Tx) TrimConversations(ctx context.Context, source string, keep int) error {
	const statement = `DELETE FROM conversations WHERE source = ? AND id NOT IN (
		SELECT id FROM (
			SELECT id, at, failed AND row_number() OVER (PARTITION BY failed ORDER BY at DESC, id DESC) <= ? AS dear
			FROM conversations WHERE source = ?
		) AS ranked ORDER BY dear DESC, at DESC, id DESC LIMIT ?)`
	return tx.note(tx.exec(ctx, statement, source, int64(keep/2), source, int64(keep)), nil)
}

// DropConversations deletes those of all sources but the ones named.
func (tx *Tx) DropConversations(ctx context.Context, except []string) error {
	return tx.note(tx.exec(ctx, "DELETE FROM conversations WHERE source NOT IN {texts}", texts(except)), nil)
}

// Conversations returns the newest conversations that q selects, oldest first, as
// they were said.
func (tx *Tx) Conversations(ctx context.Context, q ConversationQuery) ([]ConversationRow, error) {
	if !isText(q.Source) {
		return nil, nil
	}
	s := tx.bun.NewSelect().Table("conversations").Column(names(conversationColumns)...).
		Where("source = ?", q.Source).Order("at DESC", "id DESC").Limit(int64(q.Limit))
	if q.Failed {
		s = s.Where("failed")
	}
	if !q.Since.IsZero() {
		s = s.Where("at >= ?", micros(q.Since))
	}
	rows, err := selected(ctx, s, readConversation)
	slices.Reverse(rows)
	return rows, err
}
