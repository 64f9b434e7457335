package store

import (
	"context"
	"slices"

	"birthright/audit"
)

// AssignmentRow is account × entitlement as remembered.
type AssignmentRow struct {
	TargetN, UserN, EntN int64
	Managed              bool // the hub made or adopted it, and may remove it
	Observed             bool // the last read of the target showed it
	// Ended is set where the time for which it was given is over: see EndAssignments.
	Ended bool
	// ExpiresAt is when the target itself ends it, as it was told or shows it, in Unix
	// microseconds; 0 for never.
	ExpiresAt int64
}

var assignmentColumns = concat(ints("target_n", "user_n", "ent_n"), truths("managed", "observed", "ended"), ints("expires_at"))

const selectAssignments = "SELECT target_n, user_n, ent_n, managed, observed, ended, expires_at FROM assignments "

func readAssignment(row scanner) (a AssignmentRow, err error) {
	err = row.Scan(&a.TargetN, &a.UserN, &a.EntN, &a.Managed, &a.Observed, &a.Ended, &a.ExpiresAt)
	return a, err
}

// EachAssignment hands every assignment of a target to fn, by UserN and EntN.
// It reads them in pages: fn may use the transaction.
func (tx *Tx) EachAssignment(ctx context.Context, targetN int64, fn func(AssignmentRow) error) error {
	return stream(func(after *AssignmentRow) ([]AssignmentRow, error) {
		var from AssignmentRow
		if after != nil {
			from = *after
		}
		return list(ctx, tx, readAssignment, selectAssignments+`WHERE target_n = ? AND (user_n, ent_n) > (?, ?)
			ORDER BY user_n, ent_n LIMIT ?`, targetN, from.UserN, from.EntN, page)
	}, fn)
}

// AssignmentsOfUsers returns the assignments of these users on a target, by
// UserN and EntN.
func (tx *Tx) AssignmentsOfUsers(ctx context.Context, targetN int64, userNs []int64) ([]AssignmentRow, error) {
	return list(ctx, tx, readAssignment, selectAssignments+"WHERE target_n = ? AND user_n IN {numbers} ORDER BY user_n, ent_n", targetN, numbers(userNs))
}

// SaveAssignments inserts or replaces assignments.
func (tx *Tx) SaveAssignments(ctx context.Context, rows []AssignmentRow, events ...audit.Event) error {
	rows = lastOf(rows, func(a AssignmentRow) [3]int64 { return [3]int64{a.TargetN, a.UserN, a.EntN} })
	into := bulk{"assignments", assignmentColumns, replacing("target_n, user_n, ent_n", assignmentColumns)}
	err := into.write(ctx, tx, len(rows), func(i int, v []any) {
		a := rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = a.TargetN, a.UserN, a.EntN, a.Managed, a.Observed, a.Ended, a.ExpiresAt
	})
	return tx.note(err, events)
}

// EndAssignments notes of some users' entitlements, by entitlement, that the time
// for which they were given is over, so that their removal is known to be ordered
// even when the target is reached days later. What nobody has does not matter.
func (tx *Tx) EndAssignments(ctx context.Context, targetN int64, users map[int64][]int64) error {
	var list pairs
	for ent, ns := range users {
		for _, n := range ns {
			list = append(list, [2]int64{n, ent})
		}
	}
	for chunk := range slices.Chunk(list, dropChunk) {
		if err := tx.exec(ctx, "UPDATE assignments SET ended = TRUE WHERE target_n = ? AND (user_n, ent_n) IN {pairs}", targetN, chunk); err != nil {
			return err
		}
	}
	return nil
}

// DropAssignments forgets assignments; Managed and Observed do not matter.
func (tx *Tx) DropAssignments(ctx context.Context, rows []AssignmentRow, events ...audit.Event) error {
	byTarget := map[int64]pairs{}
	for _, a := range rows {
		byTarget[a.TargetN] = append(byTarget[a.TargetN], [2]int64{a.UserN, a.EntN})
	}
	for target, list := range byTarget {
		for chunk := range slices.Chunk(list, dropChunk) {
			if err := tx.exec(ctx, "DELETE FROM assignments WHERE target_n = ? AND (user_n, ent_n) IN {pairs}", target, chunk); err != nil {
				return err
			}
		}
	}
	return tx.note(nil, events)
}

// CountManaged returns how many managed assignments a target has.
func (tx *Tx) CountManaged(ctx context.Context, targetN int64) (int, error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM assignments WHERE target_n = ? AND managed", targetN)
	return int(n), err
}
