package store

import (
	"context"
	"maps"
	"slices"

	"birthright/audit"
)

// Match is a record that has a correlation key.
type Match struct {
	RecordN, UserN int64 // UserN is 0 while the record is held
	Source         string
	Live           bool
}

// MatchKeys returns the records that have these correlation keys, by key and
// sorted by number.
func (tx *Tx) MatchKeys(ctx context.Context, keys []string) (map[string][]Match, error) {
	out := make(map[string][]Match, len(keys))
	err := tx.each(ctx, func(row scanner) error {
		var key string
		var m Match
		err := row.Scan(&key, &m.RecordN, &m.UserN, &m.Source, &m.Live)
		out[key] = append(out[key], m)
		return err
	}, `SELECT m.key, r.n, r.user_n, r.source, r.gone_at = 0 FROM match_keys m JOIN records r ON r.n = m.record_n
		WHERE m.key IN {texts} ORDER BY m.key, r.n`, texts(keys))
	return out, err
}

// matchKey is a row of match_keys.
type matchKey struct {
	key     string
	recordN int64
}

// SetMatchKeys makes these the correlation keys of each record, by record
// number; records that are not named keep theirs.
func (tx *Tx) SetMatchKeys(ctx context.Context, keys map[int64][]string, events ...audit.Event) error {
	return tx.note(tx.setMatchKeys(ctx, keys), events)
}

func (tx *Tx) setMatchKeys(ctx context.Context, keys map[int64][]string) error {
	ns := slices.Sorted(maps.Keys(keys))
	stored := map[int64][]string{}
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var key string
		err := row.Scan(&n, &key)
		stored[n] = append(stored[n], key)
		return err
	}, "SELECT record_n, key FROM match_keys WHERE record_n IN {numbers} ORDER BY record_n, key", numbers(ns))
	if err != nil {
		return err
	}
	var outdated numbers
	var rows []matchKey
	for _, n := range ns {
		wanted := slices.Compact(slices.Sorted(slices.Values(keys[n])))
		if slices.Equal(stored[n], wanted) {
			continue
		}
		if len(stored[n]) > 0 {
			outdated = append(outdated, n)
		}
		for _, key := range wanted {
			rows = append(rows, matchKey{key, n})
		}
	}
	if len(outdated) > 0 {
		if err := tx.exec(ctx, "DELETE FROM match_keys WHERE record_n IN {numbers}", outdated); err != nil {
			return err
		}
	}
	into := bulk{table: "match_keys", columns: concat(words("key"), ints("record_n"))}
	return into.write(ctx, tx, len(rows), func(i int, v []any) { v[0], v[1] = rows[i].key, rows[i].recordN })
}
