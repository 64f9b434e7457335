package store

import (
	"context"
	"encoding/json"
	"time"

	"birthright/audit"
)

// NoticeRow is something that people are to be told. It is written in the
// transaction that makes it true, and deleted by whoever has passed it on.
type NoticeRow struct {
	N                int64 // given by AddNotices; in the order of what happened
	Kind             string
	RequestN, GrantN int64          // what it is about; 0: neither
	Users            []int64        // whom to tell
	Data             map[string]any // JSON-encodable
	Created          time.Time
}

var noticeColumns = concat(ints("n"), words("kind"), ints("request_n", "grant_n"), words("users", "data"), ints("created"))

// AddNotices notes what people are to be told. Numbers and times are filled in, also
// in rows.
func (tx *Tx) AddNotices(ctx context.Context, rows []NoticeRow, events ...audit.Event) error {
	if len(rows) == 0 {
		return tx.note(nil, events)
	}
	first, err := tx.take(ctx, "notices", len(rows))
	if err != nil {
		return err
	}
	encoded := make([][2]string, len(rows))
	for i := range rows {
		rows[i].N, rows[i].Created = first+int64(i), tx.now
		users, err := json.Marshal(rows[i].Users)
		if err != nil {
			return err
		}
		data, err := json.Marshal(rows[i].Data)
		if err != nil {
			return invalid("add notice", rows[i].Kind, err)
		}
		encoded[i] = [2]string{string(users), string(data)}
	}
	into := bulk{table: "notices", columns: noticeColumns}
	err = into.write(ctx, tx, len(rows), func(i int, v []any) {
		r := &rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = r.N, r.Kind, r.RequestN, r.GrantN, encoded[i][0], encoded[i][1], micros(r.Created)
	})
	return tx.note(err, events)
}

// Notices returns up to limit notices, oldest first.
func (tx *Tx) Notices(ctx context.Context, limit int) ([]NoticeRow, error) {
	return list(ctx, tx, func(row scanner) (r NoticeRow, err error) {
		var users, data string
		var created int64
		if err = row.Scan(&r.N, &r.Kind, &r.RequestN, &r.GrantN, &users, &data, &created); err != nil {
			return r, err
		}
		r.Created = instant(created)
		if err = json.Unmarshal([]byte(users), &r.Users); err != nil {
			return r, err
		}
		return r, json.Unmarshal([]byte(data), &r.Data)
	}, "SELECT n, kind, request_n, grant_n, users, data, created FROM notices ORDER BY n LIMIT ?", bound(limit))
}

// CountNotices returns how many notices nobody has passed on yet.
func (tx *Tx) CountNotices(ctx context.Context) (int64, error) {
	return tx.number(ctx, "SELECT count(*) FROM notices")
}

// DropNotices deletes notices that were passed on.
func (tx *Tx) DropNotices(ctx context.Context, ns []int64) error {
	return tx.exec(ctx, "DELETE FROM notices WHERE n IN {numbers}", numbers(ns))
}
