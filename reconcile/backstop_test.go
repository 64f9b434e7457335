package reconcile

import (
	"testing"
	"time"

	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// An end that lies further ahead than the target takes is told to it once it is near
// enough, and none is told where something without an end gives the access too.
func TestBackstop(t *testing.T) {
	const year = 365 * 24 * time.Hour
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		longest time.Duration
		ends    []time.Duration // of memberships, from now; 0 for never
		want    time.Duration   // from now; 0 for none
	}{
		{"some time after the last", 0, []time.Duration{time.Hour, 2 * time.Hour}, 2*time.Hour + afterEnd},
		{"none where one never ends", 0, []time.Duration{time.Hour, 0}, 0},
		{"any, without a limit", 0, []time.Duration{2 * year}, 2*year + afterEnd},
		{"too far ahead", year, []time.Duration{year}, 0},
		{"just near enough", year, []time.Duration{year - afterEnd}, year},
	} {
		d := &decision{at: now}
		for i, end := range tt.ends {
			row := store.MembershipRow{GroupN: int64(i)}
			if end > 0 {
				row.EndsAt = now.Add(end).UnixMicro()
			}
			d.rows = append(d.rows, row)
		}
		w := &wants{decision: d, byGroup: map[int64][]int64{0: {7}, 1: {7}},
			dest: Destination{Settings: plan.Settings{Capabilities: targets.Capabilities{LongestExpiry: tt.longest}}}}
		got := w.backstop(decided{to: len(d.rows)}, 7)
		if tt.want == 0 && !got.IsZero() || tt.want != 0 && !got.Equal(now.Add(tt.want)) {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}
