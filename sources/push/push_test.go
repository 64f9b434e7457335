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
