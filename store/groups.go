package store

import (
	"context"
	"slices"
	"time"

	"birthright/audit"
)

// GroupRow is a hub group in the registry of names.
type GroupRow struct {
	N       int64
	Name    string
	Rule    string // the rule that made it from a template, "" otherwise
	Members int    // how many memberships there are; only read, never saved
	Created time.Time
}

var groupColumns = concat(ints("n"), words("name", "rule"), ints("created"))

// GroupNumbers returns the numbers of the groups with these names. With create,
// names that are new are registered; without, they are left out.
func (tx *Tx) GroupNumbers(ctx context.Context, names []string, create bool) (map[string]int64, error) {
	out := make(map[string]int64, len(names))
	err := tx.each(ctx, func(row scanner) error {
		var name string
		var n int64
		err := row.Scan(&name, &n)
		out[name] = n
		return err
	}, "SELECT name, n FROM groups WHERE name IN {texts}", texts(names))
	if err != nil || !create {
		return out, err
	}
	fresh := missing(names, out)
	err = tx.register(ctx, "groups", fresh, func(name string, n int64) { out[name] = n }, func(first int64) error {
		into := bulk{table: "groups", columns: groupColumns}
		return into.write(ctx, tx, len(fresh), func(i int, v []any) {
			v[0], v[1], v[2], v[3] = first+int64(i), fresh[i], "", micros(tx.now)
		})
	})
	return out, err
}

// GroupNames returns the names behind these numbers; unknown numbers are left out.
func (tx *Tx) GroupNames(ctx context.Context, ns []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ns))
	err := tx.each(ctx, func(row scanner) error { return readName(row, out) },
		"SELECT n, name FROM groups WHERE n IN {numbers}", numbers(ns))
	return out, err
}

// AllGroupNames returns every registered name by number.
func (tx *Tx) AllGroupNames(ctx context.Context) (map[int64]string, error) {
	out := map[int64]string{}
	err := tx.each(ctx, func(row scanner) error { return readName(row, out) }, "SELECT n, name FROM groups")
	return out, err
}

func readName(row scanner, into map[int64]string) error {
	var n int64
	var name string
	err := row.Scan(&n, &name)
	into[n] = name
	return err
}

// missing returns the keys that have no number yet, sorted, each once.
func missing(keys []string, numbers map[string]int64) []string {
	var out []string
	for _, key := range keys {
		if _, ok := numbers[key]; !ok {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// register gives each of fresh the next number of a series and writes them.
func (tx *Tx) register(ctx context.Context, series string, fresh []string, tell func(string, int64), write func(first int64) error) error {
	if len(fresh) == 0 {
		return nil
	}
	if !tx.writes {
		return errReadOnly()
	}
	first, err := tx.take(ctx, series, len(fresh))
	if err != nil {
		return err
	}
	for i, key := range fresh {
		tell(key, first+int64(i))
	}
	return write(first)
}

const selectGroups = `SELECT n, name, rule, created,
	COALESCE((SELECT CAST(sum(members) AS BIGINT) FROM membership_counts WHERE group_n = n), 0) FROM groups `

func readGroup(row scanner) (g GroupRow, err error) {
	var created int64
	err = row.Scan(&g.N, &g.Name, &g.Rule, &created, &g.Members)
	g.Created = instant(created)
	return g, err
}

// Groups returns the registry, by name.
func (tx *Tx) Groups(ctx context.Context) ([]GroupRow, error) {
	return list(ctx, tx, readGroup, selectGroups+"ORDER BY name")
}

// SaveGroups registers groups by name and notes the rule of each.
func (tx *Tx) SaveGroups(ctx context.Context, groups []GroupRow, events ...audit.Event) error {
	groups = lastOf(groups, func(g GroupRow) string { return g.Name })
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.Name
	}
	ns, err := tx.GroupNumbers(ctx, names, true)
	if err == nil {
		into := bulk{"groups", groupColumns, "(n) DO UPDATE SET rule = excluded.rule"}
		err = into.write(ctx, tx, len(groups), func(i int, v []any) {
			v[0], v[1], v[2], v[3] = ns[groups[i].Name], groups[i].Name, groups[i].Rule, micros(tx.now)
		})
	}
	return tx.note(err, events)
}

// lastOf returns rows with only the last of those that have the same key: one
// statement may not write a row twice.
func lastOf[T any, K comparable](rows []T, key func(T) K) []T {
	at := make(map[K]int, len(rows))
	for i, row := range rows {
		at[key(row)] = i
	}
	if len(at) == len(rows) {
		return rows
	}
	kept := make([]T, 0, len(at))
	for i, row := range rows {
		if at[key(row)] == i {
			kept = append(kept, row)
		}
	}
	return kept
}
