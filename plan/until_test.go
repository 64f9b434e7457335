package plan_test

import (
	"testing"
	"time"

	"birthright/identity"
	"birthright/plan"
)

// TestEndsThatTheTargetKnows: e4 has an end, e1 has none.
func TestEndsThatTheTargetKnows(t *testing.T) {
	type h = plan.Holding
	expires := func(s *plan.Settings) { s.Capabilities.NativeExpiry = true }
	others := func(s *plan.Settings) { expires(s); s.Capabilities.NativeExpiryKinds = []string{"another"} }
	for _, tt := range []struct {
		name     string
		settings func(*plan.Settings)
		want     plan.Desired
		have     []h
		then     []string
	}{
		{name: "set with the first", settings: expires, want: ada(identity.Active, 4), then: []string{"add ada e4, until 18:00"}},
		{name: "none where none is", settings: expires, want: ada(identity.Active, 1), then: []string{"add ada e1"}},
		{name: "no such thing on the target", want: ada(identity.Active, 4), then: []string{"add ada e4"}},
		{name: "no such thing on the target, held", want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true}}, then: []string{}},
		{name: "no such thing on the target any more", want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true, NotAfter: evening}}, then: []string{}},
		{name: "of other kinds only", settings: others, want: ada(identity.Active, 4), then: []string{"add ada e4"}},
		{name: "of other kinds only, held", settings: others, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true, NotAfter: evening}}, then: []string{}},
		{name: "set afterwards", settings: expires, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true}}, then: []string{"add ada e4, until 18:00"}},
		{name: "as it is", settings: expires, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true, NotAfter: evening}}, then: []string{}},
		{name: "to the minute is enough", settings: expires, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true, NotAfter: evening.Add(59 * time.Second)}}, then: []string{}},
		{name: "moved", settings: expires, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true, NotAfter: evening.Add(-time.Hour)}}, then: []string{"add ada e4, until 18:00"}},
		{name: "cleared", settings: expires, want: ada(identity.Active, 1), have: []h{{Entitlement: 1, Present: true, Managed: true, NotAfter: evening}}, then: []string{"add ada e1"}},
		{name: "of what comes through something else", settings: expires, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true, Managed: true, Indirect: true}}, then: []string{}},
		{name: "adopted", settings: expires, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Present: true}}, then: []string{"add ada e4, until 18:00", "adopt e4"}},
		{name: "ended there and wanted again", settings: expires, want: ada(identity.Active, 4), have: []h{{Entitlement: 4, Managed: true, Vanished: true, Lapsed: true}}, then: []string{"add ada e4, until 18:00"}},
		{name: "ended there", settings: expires, want: ada(identity.Active), have: []h{{Entitlement: 4, Managed: true, Vanished: true, Lapsed: true}}, then: []string{"forget e4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			same(t, "outcome", texts(plan.User(settings(tt.settings), tt.want, there(tt.have...), names{})), tt.then)
		})
	}
}
