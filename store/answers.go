package store

import (
	"context"
	"time"
)

// AnswerRow is what was answered to a request that its sender may repeat, under a
// key of the sender's own. Status is 0 while nobody knows the answer yet.
type AnswerRow struct {
	Token, Key  string
	Fingerprint []byte
	Status      int
	Kind        string // media type of Body
	Body        []byte
	Created     time.Time
}

// BeginAnswer keeps a as a request that is being worked on, unless there is one of
// that token and key already: that one is returned, with false. One that was made
// before forget is none any more; neither is one that was begun before abandon and
// never answered: who worked on it is gone.
func (tx *Tx) BeginAnswer(ctx context.Context, a AnswerRow, forget, abandon time.Time) (found AnswerRow, begun bool, err error) {
	if err := tx.exec(ctx, "DELETE FROM answers WHERE created < ? OR created < ? AND status = 0", micros(forget), micros(abandon)); err != nil {
		return found, false, err
	}
	rows, err := list(ctx, tx, readAnswer,
		"SELECT token, key, fingerprint, status, kind, body, created FROM answers WHERE token = ? AND key = ?", a.Token, a.Key)
	if err != nil {
		return found, false, err
	}
	if len(rows) > 0 {
		return rows[0], false, nil
	}
	a.Created = tx.now
	return a, true, tx.exec(ctx, "INSERT INTO answers (token, key, fingerprint, status, kind, body, created) VALUES (?, ?, ?, 0, '', ?, ?)",
		a.Token, a.Key, a.Fingerprint, []byte{}, micros(a.Created))
}

func readAnswer(row scanner) (a AnswerRow, err error) {
	var created int64
	err = row.Scan(&a.Token, &a.Key, &a.Fingerprint, &a.Status, &a.Kind, &a.Body, &created)
	a.Created = instant(created)
	return a, err
}

// EndAnswer keeps what was answered.
func (tx *Tx) EndAnswer(ctx context.Context, a AnswerRow) error {
	return tx.exec(ctx, "UPDATE answers SET status = ?, kind = ?, body = ? WHERE token = ? AND key = ?", a.Status, a.Kind, a.Body, a.Token, a.Key)
}

// DropAnswer forgets a request that came to nothing.
func (tx *Tx) DropAnswer(ctx context.Context, token, key string) error {
	return tx.exec(ctx, "DELETE FROM answers WHERE token = ? AND key = ?", token, key)
}
