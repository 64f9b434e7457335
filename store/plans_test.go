package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"birthright/identity"
)

// What is asked about one person must not cost more the more people there are:
// SQLite, left to choose, has walked all records of a source to find one.
func TestLookUpsOfOneDoNotWalkTheRest(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, ask := range map[string]func(ctx context.Context, tx *Tx) error{
		"record by id": func(ctx context.Context, tx *Tx) error { _, err := tx.RecordByID(ctx, "hr", "x"); return found(err) },
		"record by key": func(ctx context.Context, tx *Tx) error {
			_, err := tx.RecordsByKey(ctx, "hr", []string{"x"})
			return err
		},
		"record by name": func(ctx context.Context, tx *Tx) error { _, err := tx.RecordNamed(ctx, "hr", "x", ""); return err },
		"record digests": func(ctx context.Context, tx *Tx) error {
			_, err := tx.RecordDigests(ctx, "hr", []string{"x"})
			return err
		},
		"records of users": func(ctx context.Context, tx *Tx) error {
			_, err := tx.RecordsOfUsers(ctx, []int64{1})
			return err
		},
		"group by id": func(ctx context.Context, tx *Tx) error {
			_, err := tx.SourceGroupByID(ctx, "hr", "x")
			return found(err)
		},
		"groups by key": func(ctx context.Context, tx *Tx) error {
			_, err := tx.SourceGroupsByKey(ctx, "hr", []string{"x"})
			return err
		},
		"match keys":      func(ctx context.Context, tx *Tx) error { _, err := tx.MatchKeys(ctx, []string{"x"}); return err },
		"user by id":      func(ctx context.Context, tx *Tx) error { _, err := tx.UserByID(ctx, "x"); return found(err) },
		"user by name":    func(ctx context.Context, tx *Tx) error { _, err := tx.UserByName(ctx, "x"); return found(err) },
		"users by number": func(ctx context.Context, tx *Tx) error { _, err := tx.UsersByN(ctx, []int64{1}); return err },
		"memberships":     func(ctx context.Context, tx *Tx) error { _, err := tx.MembershipsOfUsers(ctx, []int64{1}); return err },
		"accounts":        func(ctx context.Context, tx *Tx) error { _, err := tx.AccountsOfUsers(ctx, 1, []int64{1}); return err },
		"assignments": func(ctx context.Context, tx *Tx) error {
			_, err := tx.AssignmentsOfUsers(ctx, 1, []int64{1})
			return err
		},
		"facts of users": func(ctx context.Context, tx *Tx) error { _, err := tx.FactsOfUsers(ctx, []int64{1}); return err },
		"facts turned":   func(ctx context.Context, tx *Tx) error { _, err := tx.TurnFacts(ctx, 10); return err },
		"ended assignments": func(ctx context.Context, tx *Tx) error {
			return tx.EndAssignments(ctx, 1, map[int64][]int64{1: {1}})
		},
		"open changes": func(ctx context.Context, tx *Tx) error { _, err := tx.OpenChanges(ctx, "app"); return err },
		"recent removals": func(ctx context.Context, tx *Tx) error {
			_, err := tx.CountUnorderedRemovals(ctx, "app", tx.Now())
			return err
		},
		"client use":         func(ctx context.Context, tx *Tx) error { return tx.TouchClient(ctx, "x", tx.Now()) },
		"tokens of one":      func(ctx context.Context, tx *Tx) error { return tx.ForgetOldestTokens(ctx, "x", 1) },
		"revoking one":       func(ctx context.Context, tx *Tx) error { return tx.RevokeClient(ctx, "x") },
		"expired tokens":     func(ctx context.Context, tx *Tx) error { return tx.ForgetExpiredTokens(ctx, tx.Now(), 1) },
		"expired assertions": func(ctx context.Context, tx *Tx) error { return tx.ForgetAssertions(ctx, tx.Now(), 1) },
		"assertion": func(ctx context.Context, tx *Tx) error {
			if _, err := tx.CountAssertions(ctx, "x"); err != nil {
				return err
			}
			_, err := tx.NoteAssertion(ctx, "x", "y", tx.Now())
			return err
		},
		"signal due": func(ctx context.Context, tx *Tx) error { _, err := tx.SignalsDue(ctx, "app", 0); return err },
		"signal claimed": func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.ClaimSignal(ctx, SignalClaim{Receiver: "app"})
			return err
		},
		"signal delayed": func(ctx context.Context, tx *Tx) error { return tx.DelaySignal(ctx, "x", tx.Now(), "") },
		"signals by id": func(ctx context.Context, tx *Tx) error {
			_, err := tx.Signals(ctx, SignalFilter{IDs: []string{"x"}})
			return err
		},
		"token":         func(ctx context.Context, tx *Tx) error { return tx.TouchToken(ctx, "x", tx.Now()) },
		"token by id":   func(ctx context.Context, tx *Tx) error { _, err := tx.db.Token(ctx, "x"); return found(err) },
		"grants turned": func(ctx context.Context, tx *Tx) error { _, err := tx.TurnGrants(ctx, 10); return err },
		"next turn":     func(ctx context.Context, tx *Tx) error { _, err := tx.NextGrantTurn(ctx); return err },
		"open grants of one": func(ctx context.Context, tx *Tx) error {
			_, err := tx.OpenGrantsOf(ctx, []int64{1})
			return err
		},
		"grants to remind of": func(ctx context.Context, tx *Tx) error { _, err := tx.GrantsToRemind(ctx, 10); return err },
		"overdue grants":      func(ctx context.Context, tx *Tx) error { _, err := tx.OverdueGrants(ctx); return err },
		"grant by id":         func(ctx context.Context, tx *Tx) error { _, err := tx.GrantByID(ctx, "g1"); return found(err) },
		"grant by number":     func(ctx context.Context, tx *Tx) error { _, err := tx.GrantByN(ctx, 1); return found(err) },
		"grants by ids":       func(ctx context.Context, tx *Tx) error { _, err := tx.GrantsByIDs(ctx, []string{"g1"}); return err },
		"grants of requests": func(ctx context.Context, tx *Tx) error {
			_, err := tx.GrantsOfRequests(ctx, []int64{1})
			return err
		},
		"access of grants": func(ctx context.Context, tx *Tx) error { _, err := tx.GrantAccess(ctx, []int64{1}); return err },
		"grants of one user": func(ctx context.Context, tx *Tx) error {
			_, err := tx.Grants(ctx, GrantFilter{UserN: 1, Limit: 10})
			return err
		},
		"what users hold": func(ctx context.Context, tx *Tx) error {
			_, err := tx.HeldEntitlements(ctx, []int64{1}, []int64{1})
			return err
		},
		"open changes of users": func(ctx context.Context, tx *Tx) error {
			_, err := tx.UsersWithOpenChanges(ctx, []int64{1})
			return err
		},
		"peers": func(ctx context.Context, tx *Tx) error {
			_, err := tx.PeersOf(ctx, [][2]int64{{1, 1}})
			return err
		},
		"asked before": func(ctx context.Context, tx *Tx) error {
			_, err := tx.AskedBefore(ctx, []int64{1}, []string{"g"})
			return err
		},
		"work of users": func(ctx context.Context, tx *Tx) error {
			_, err := tx.WorkOf(ctx, []string{"app"}, []int64{1})
			return err
		},
		"requests due":  func(ctx context.Context, tx *Tx) error { _, err := tx.RequestsDue(ctx, 10); return err },
		"glass":         func(ctx context.Context, tx *Tx) error { _, err := tx.GlassToReview(ctx); return err },
		"request by id": func(ctx context.Context, tx *Tx) error { _, err := tx.RequestByID(ctx, "r1"); return found(err) },
		"requests by number": func(ctx context.Context, tx *Tx) error {
			_, err := tx.RequestsByN(ctx, []int64{1})
			return err
		},
		"requests of one for one group": func(ctx context.Context, tx *Tx) error {
			_, err := tx.Requests(ctx, RequestFilter{UserN: 1, Group: "g", Outcomes: []string{""}})
			return err
		},
		"votes":            func(ctx context.Context, tx *Tx) error { _, err := tx.Votes(ctx, []int64{1}); return err },
		"delegations from": func(ctx context.Context, tx *Tx) error { _, err := tx.DelegationsFrom(ctx, 1); return err },
		"delegations to":   func(ctx context.Context, tx *Tx) error { _, err := tx.DelegationsTo(ctx, 1); return err },
		"removals hastened": func(ctx context.Context, tx *Tx) error {
			if _, err := tx.OwesRemovals(ctx, "app"); err != nil {
				return err
			}
			return tx.HastenWork(ctx, []string{"app"})
		},
		"groups of records": func(ctx context.Context, tx *Tx) error {
			_, err := tx.db.GroupsOfRecords(ctx, "hr", []string{"x"})
			return err
		},
	} {
		db.texts.Clear()
		if err := db.Update(ctx, func(tx *Tx) error { return ask(ctx, tx) }); err != nil {
			t.Fatal(name, err)
		}
		db.texts.Range(func(_, text any) bool {
			for _, step := range planOf(t, db, text.(string)) {
				if walks(step) {
					t.Errorf("%s: %s\n\tin %s", name, step, text)
				}
			}
			return true
		})
	}
}

// found takes NotFound, in an empty database, for an answer.
func found(err error) error {
	if identity.KindOf(err) == identity.NotFound {
		return nil
	}
	return err
}

// walks reports whether a step reads a table through, or all of one source. What was
// passed in, and the colleagues that a statement has found by index, are no tables.
func walks(step string) bool {
	table := strings.HasPrefix(step, "SCAN ") && !strings.HasPrefix(step, "SCAN json_each") && step != "SCAN peers"
	return table || strings.HasSuffix(step, "(source=?)")
}

// planOf returns the steps in which SQLite would carry out a statement.
func planOf(t *testing.T, db *DB, text string) (steps []string) {
	t.Helper()
	args := make([]any, strings.Count(text, "?"))
	for i := range args {
		args[i] = "[1]"
	}
	rows, err := db.reader.DB.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(fmt.Errorf("%w in %s", err, text))
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}
