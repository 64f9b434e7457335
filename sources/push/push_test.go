package push

import (
	"strings"
	"testing"

	"birthright/identity"
	"birthright/sources"
)

func TestSourcePushes(t *testing.T) {
	t.Parallel()
	s, err := Config{}.Open(sources.Env{Name: "okta"})
	if err != nil {
		t.Fatal(err)
	}
	if !Pushes(s) || s.(*Source).Profile() != "auto" {
		t.Errorf("a scim source does not push, or has profile %+v", s)
	}
	checkpoint, err := s.Pull(t.Context(), "", nil)
	if checkpoint.Complete || identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "source okta pushes; there is nothing to pull") {
		t.Errorf("pull: %+v, %v", checkpoint, err)
	}
	report, err := s.Probe(t.Context())
	if err != nil || !report.Reachable || len(report.Findings) != 1 {
		t.Errorf("probe: %+v, %v", report, err)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	if faults := (Config{Profile: "entra"}).Validate(); len(faults) > 0 {
		t.Error(faults)
	}
	if faults := (Config{Profile: "ldap"}).Validate(); len(faults) != 1 || !strings.Contains(faults[0].Error(), "write one of auto, rfc, okta") {
		t.Errorf("unknown profile: %v", faults)
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	number := func(n int) *int { return &n }
	for _, c := range []struct {
		written *int
		want    int
	}{{nil, 50}, {number(0), 0}, {number(1000), 1000}} {
		s, err := Config{Inspect: c.written}.Open(sources.Env{Name: "okta"})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.(*Source).Inspect; got != c.want {
			t.Errorf("%d are kept, want %d", got, c.want)
		}
	}
	for _, n := range []int{-1, 1001} {
		if faults := (Config{Inspect: number(n)}).Validate(); len(faults) != 1 || !strings.Contains(faults[0].Error(), "from 0 to 1000") {
			t.Errorf("inspect %d: %v", n, faults)
		}
	}
}
