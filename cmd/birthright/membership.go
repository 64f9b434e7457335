package main

import (
	"context"
	"time"

	"birthright/hub"
	"birthright/identity"
	"birthright/store"
)

// given are the causes of a membership under the policy that gave it.
func given(causes []identity.Cause, version string) []hub.Cause {
	views := make([]hub.Cause, len(causes))
	for i, c := range causes {
		views[i] = hub.Cause{Cause: c, Version: version}
	}
	return views
}

// becauseOf tells in one line why a membership is held.
func becauseOf(views []hub.Cause) string {
	causes := make([]identity.Cause, len(views))
	for i, v := range views {
		causes[i] = v.Cause
	}
	return because(causes)
}

// under is the version of the policy that gave a membership, "" where that was
// not kept: all its causes have the same one.
func under(views []hub.Cause) string {
	if len(views) == 0 {
		return ""
	}
	return views[0].Version
}

// policyVersions are the versions under which memberships were given, by number.
func policyVersions(ctx context.Context, tx *store.Tx, rows []store.MembershipRow) (map[int64]string, error) {
	versions := map[int64]string{}
	for _, row := range rows {
		versions[row.PolicyN] = ""
	}
	ns := make([]int64, 0, len(versions))
	for n := range versions {
		ns = append(ns, n)
	}
	kept, err := tx.PoliciesByN(ctx, ns)
	for _, p := range kept {
		versions[p.N] = p.Version()
	}
	return versions, err
}

func micro(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
