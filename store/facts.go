package store

import (
	"context"
	"slices"

	"birthright/audit"
	"birthright/identity"
)

var factColumns = concat(words("source", "kind", "key", "name", "person"), ints("user_n", "start_at", "end_at", "seen_at", "turn_at"))

const selectFacts = "SELECT source, kind, key, name, person, user_n, start_at, end_at, seen_at FROM facts "

func readFact(row scanner) (f identity.Fact, err error) {
	var start, end, seen int64
	err = row.Scan(&f.Source, &f.Kind, &f.Key, &f.Name, &f.Person, &f.UserN, &start, &end, &seen)
	f.Start, f.End, f.Seen = instant(start), instant(end), instant(seen)
	return f, err
}

// Facts returns what is known of all sources, by source, kind and key.
func (tx *Tx) Facts(ctx context.Context) ([]identity.Fact, error) {
	return list(ctx, tx, readFact, selectFacts+"ORDER BY source, kind, key")
}

// FactsOfSource returns what is known from one source, by kind and key.
func (tx *Tx) FactsOfSource(ctx context.Context, source string) ([]identity.Fact, error) {
	return list(ctx, tx, readFact, selectFacts+"WHERE source = ? ORDER BY kind, key", source)
}

// FactsOfUsers returns what is known of these users, by source, kind and key.
func (tx *Tx) FactsOfUsers(ctx context.Context, userNs []int64) ([]identity.Fact, error) {
	return list(ctx, tx, readFact, selectFacts+"WHERE user_n IN {numbers} AND user_n <> 0 ORDER BY source, kind, key", numbers(userNs))
}

// ChangeFacts deletes drop, then inserts or replaces put, by source, kind and key.
// The next turn of each is noted, see TurnFacts.
func (tx *Tx) ChangeFacts(ctx context.Context, put, drop []identity.Fact, events ...audit.Event) error {
	byTable := map[[2]string]texts{}
	for _, f := range drop {
		of := [2]string{f.Source, f.Kind}
		byTable[of] = append(byTable[of], f.Key)
	}
	for of, keys := range byTable {
		for chunk := range slices.Chunk(keys, dropChunk) {
			if err := tx.exec(ctx, "DELETE FROM facts WHERE source = ? AND kind = ? AND key IN {texts}", of[0], of[1], chunk); err != nil {
				return err
			}
		}
	}
	into := bulk{"facts", factColumns, replacing("source, kind, key", factColumns)}
	err := into.write(ctx, tx, len(put), func(i int, v []any) { tx.fillFact(put[i], v) })
	return tx.note(err, events)
}

func (tx *Tx) fillFact(f identity.Fact, v []any) {
	v[0], v[1], v[2], v[3], v[4], v[5] = f.Source, f.Kind, f.Key, f.Name, f.Person, f.UserN
	v[6], v[7], v[8], v[9] = micros(f.Start), micros(f.End), micros(f.Seen), int64(0)
	if f.UserN != 0 { // nobody else has to be looked at
		v[9] = micros(f.NextTurn(tx.now))
	}
}

// TurnFacts returns the users of up to limit facts that have begun or ended by
// now, ascending, and notes when each of these facts turns next: each turn is told
// once, to a transaction that leaves work for it. Its cost is that of the answer.
func (tx *Tx) TurnFacts(ctx context.Context, limit int) ([]int64, error) {
	turned, err := list(ctx, tx, readFact, selectFacts+"WHERE turn_at <> 0 AND turn_at <= ? ORDER BY turn_at LIMIT ?", micros(tx.now), bound(limit))
	if err != nil || len(turned) == 0 {
		return nil, err
	}
	users := make([]int64, len(turned))
	for i, f := range turned {
		users[i] = f.UserN
	}
	slices.Sort(users)
	return slices.Compact(users), tx.ChangeFacts(ctx, turned, nil)
}
