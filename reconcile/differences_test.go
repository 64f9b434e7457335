package reconcile

import (
	"testing"
	"time"

	"birthright/store"
)

// BenchmarkDesiredAgainstStored compares ten million desired memberships with as
// many stored ones, of which one in two hundred differs each way; the ratio is to
// a merge of the same pairs as plain numbers.
func BenchmarkDesiredAgainstStored(b *testing.B) {
	const users, each = 1_000_000, 10
	d := &decision{at: time.Unix(0, 0)}
	stored := make([]store.MembershipRow, 0, users*each)
	for n := range int64(users) {
		from := len(d.rows)
		for g := range int64(each) {
			row := store.MembershipRow{UserN: n + 1, GroupN: g * 7, CausesN: 1, Since: 5}
			changed := (n*each + g) % 200
			if changed != 0 {
				d.rows = append(d.rows, row)
			}
			if changed != 1 {
				stored = append(stored, row)
			}
		}
		d.users = append(d.users, decided{n: n + 1, from: from, to: len(d.rows)})
	}
	want, have := pairsOf(d.rows), pairsOf(stored)
	floor := time.Duration(1 << 62)
	for range 3 {
		began := time.Now()
		if n := mergePairs(want, have); n != users*each/100 {
			b.Fatalf("the floor finds %d differences", n)
		}
		floor = min(floor, time.Since(began))
	}
	b.ResetTimer()
	for b.Loop() {
		d.diffs = nil
		d.compare(stored)
		if len(d.diffs) != users*each/200 {
			b.Fatalf("%d users differ", len(d.diffs))
		}
	}
	took := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(took)/float64(floor), "x-floor")
	b.ReportMetric(float64(took)/float64(250*time.Millisecond), "x-250ms")
}

func pairsOf(rows []store.MembershipRow) []uint64 {
	out := make([]uint64, len(rows))
	for i, row := range rows {
		out[i] = uint64(row.UserN)<<32 | uint64(row.GroupN)
	}
	return out
}

// mergePairs counts what two ascending lists do not have in common.
func mergePairs(a, b []uint64) (different int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a, b = a[1:], b[1:]
		case a[0] < b[0]:
			a, different = a[1:], different+1
		default:
			b, different = b[1:], different+1
		}
	}
	return different + len(a) + len(b)
}
