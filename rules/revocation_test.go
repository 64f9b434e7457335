package rules

import (
	"slices"
	"testing"
	"time"

	"birthright/identity"
	"birthright/rules/population"
)

// What a review took away stays away, whatever gives it, until a grant that was
// made since gives it; one by one and for everybody alike.
func TestRevocationsKeepGroupsAway(t *testing.T) {
	e := engine(t, `
groups:
  - {name: all, contains: [eng]}
  - {name: eng}
  - {name: db, standing: never}
rules:
  - {name: engineers, when: user.department == "Engineering", groups: [eng]}
`)
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	u := identity.User{N: 7, UserName: "ada", State: identity.Active, Attributes: identity.Attributes{"department": {"Engineering"}}}
	grant := func(group string, made time.Time) Overlay {
		return Overlay{Group: group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: "g_1"}, Made: made, End: now.Add(time.Hour)}
	}
	revoked := func(groups ...string) []Revocation {
		var out []Revocation
		for _, g := range groups {
			out = append(out, Revocation{Group: g, Name: "v_1", Reason: "not needed", At: now.Add(-time.Hour)})
		}
		return out
	}
	for name, c := range map[string]struct {
		revoked []Revocation
		overlay []Overlay
		want    []string
		refused []string
	}{
		"nothing revoked":              {want: []string{"all", "eng"}},
		"what a rule gives":            {revoked: revoked("eng"), refused: []string{"eng"}},
		"the group around alone":       {revoked: revoked("all"), want: []string{"eng"}, refused: []string{"all"}},
		"an older grant":               {revoked: revoked("db"), overlay: []Overlay{grant("db", now.Add(-2*time.Hour))}, want: []string{"all", "eng"}, refused: []string{"db"}},
		"a grant that was made since":  {revoked: revoked("db"), overlay: []Overlay{grant("db", now.Add(-time.Minute))}, want: []string{"all", "db", "eng"}},
		"a rule beside a newer grant":  {revoked: revoked("eng"), overlay: []Overlay{grant("eng", now.Add(-time.Minute))}, want: []string{"all", "eng"}},
		"of a group that nobody gives": {revoked: revoked("db"), want: []string{"all", "eng"}},
	} {
		w := World{At: now, Facts: Nothing{}, Overlay: Overlays{7: c.overlay}, Revoked: Revocations{7: c.revoked}}
		d := e.Decide(u, w)
		var got []string
		for _, m := range d.Memberships {
			got = append(got, m.Group)
		}
		equal(t, name, got, c.want)
		var refused []string
		for _, r := range d.Refused {
			if r.Kind != RefusedByReview || r.Name != "v_1" || len(r.Causes) == 0 {
				t.Errorf("%s: refusal %+v", name, r)
			}
			refused = append(refused, r.Group)
		}
		equal(t, name+": refused", refused, c.refused)
		pop := population.New(e.Readings())
		pop.Put(&u)
		pop.Seal()
		var all []string
		for _, h := range e.Everyone(pop, w).Holdings {
			if h.Users().Contains(7) {
				all = append(all, h.Group)
			}
		}
		equal(t, name+": everyone", all, c.want)
	}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
