package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"birthright/identity"
)

// Memberships share few lists of causes: each list is stored once, under a
// number, and is never changed or deleted.

// causeCache remembers the numbers of committed lists, by their text.
type causeCache struct {
	mu     sync.Mutex
	byText map[string]int64
}

func (c *causeCache) find(text string) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.byText[text]
	return n, ok
}

func (c *causeCache) learn(committed map[string]int64) {
	if len(committed) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byText == nil {
		c.byText = map[string]int64{}
	}
	maps.Copy(c.byText, committed)
}

func causesText(causes []identity.Cause) (string, error) {
	sorted := identity.SortCauses(slices.Clone(causes))
	if sorted == nil {
		sorted = []identity.Cause{}
	}
	text, err := json.Marshal(sorted)
	return string(text), err
}

func parseCauses(text string) (causes []identity.Cause, err error) {
	if err = json.Unmarshal([]byte(text), &causes); err != nil {
		return nil, fmt.Errorf("causes %q: %w", text, err)
	}
	return causes, nil
}

// CauseSets returns every list of causes by its number.
func (tx *Tx) CauseSets(ctx context.Context) (map[int64][]identity.Cause, error) {
	return tx.causeSets(ctx, "SELECT n, causes FROM cause_sets")
}

// StandingCauseSets is CauseSets without those that have a grant among them: every
// grant there ever was left one, and only a few of them are alive.
func (tx *Tx) StandingCauseSets(ctx context.Context) (map[int64][]identity.Cause, error) {
	return tx.causeSets(ctx, `SELECT n, causes FROM cause_sets WHERE causes NOT LIKE '%"kind":"`+identity.CauseGrant+`"%'`)
}

// CausesOf returns the lists of causes of some memberships by their numbers.
func (tx *Tx) CausesOf(ctx context.Context, rows []MembershipRow) (map[int64][]identity.Cause, error) {
	ns := make([]int64, len(rows))
	for i, row := range rows {
		ns[i] = row.CausesN
	}
	slices.Sort(ns)
	return tx.CauseSetsByN(ctx, slices.Compact(ns))
}

// CauseSetsByN returns some lists of causes by their numbers.
func (tx *Tx) CauseSetsByN(ctx context.Context, ns []int64) (map[int64][]identity.Cause, error) {
	return tx.causeSets(ctx, "SELECT n, causes FROM cause_sets WHERE n IN {numbers}", numbers(ns))
}

func (tx *Tx) causeSets(ctx context.Context, statement string, args ...any) (map[int64][]identity.Cause, error) {
	out := map[int64][]identity.Cause{}
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var text string
		if err := row.Scan(&n, &text); err != nil {
			return err
		}
		causes, err := parseCauses(text)
		out[n] = causes
		return err
	}, statement, args...)
	return out, err
}

// CauseSetNumbers returns the number of each list of causes, in whatever order
// the causes are; 0 for one that is new.
func (tx *Tx) CauseSetNumbers(ctx context.Context, lists [][]identity.Cause) ([]int64, error) {
	keys := make(texts, len(lists))
	for i, causes := range lists {
		var err error
		if keys[i], err = causesText(causes); err != nil {
			return nil, err
		}
	}
	known := make(map[string]int64, len(keys))
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var text string
		err := row.Scan(&n, &text)
		known[text] = n
		return err
	}, "SELECT n, causes FROM cause_sets WHERE causes IN {texts}", keys)
	out := make([]int64, len(keys))
	for i, key := range keys {
		out[i] = known[key]
	}
	return out, err
}

// CauseSetNumber returns the number of a list of causes, in whatever order, and
// gives it one if it is new.
func (tx *Tx) CauseSetNumber(ctx context.Context, causes []identity.Cause) (int64, error) {
	text, err := causesText(causes)
	if err != nil {
		return 0, err
	}
	if n, ok := tx.db.causes.find(text); ok {
		return n, nil
	}
	if n, ok := tx.causes[text]; ok {
		return n, nil
	}
	n, err := tx.number(ctx, "SELECT n FROM cause_sets WHERE causes IN {texts}", texts{text})
	if err != nil {
		return 0, err
	}
	if n == 0 {
		if !tx.writes {
			return 0, errReadOnly()
		}
		if n, err = tx.take(ctx, "cause_sets", 1); err != nil {
			return 0, err
		}
		into := bulk{table: "cause_sets", columns: concat(ints("n"), words("causes"))}
		if err := into.write(ctx, tx, 1, func(_ int, v []any) { v[0], v[1] = n, text }); err != nil {
			return 0, err
		}
	}
	if tx.causes == nil {
		tx.causes = map[string]int64{}
	}
	tx.causes[text] = n
	return n, nil
}
