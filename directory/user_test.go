package directory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/directory"
	"birthright/identity"
)

func TestBuildUser(t *testing.T) {
	authority := directory.NewAuthority([]string{"hr", "okta"}, nil)
	old := identity.User{N: 4, ID: "id", UserName: "old", Groups: []string{"g"}, Created: noon, EndsAt: noon}
	got := directory.BuildUser(old, []identity.Record{
		record("okta", "o1", "userName", "ada", "startDate", "2026-12-01"),
		record("hr", "1", "department", "Engineering"),
	}, authority, noon)
	want := identity.User{
		N: 4, ID: "id", UserName: "ada", State: identity.Staged, Groups: []string{"g"}, Created: noon,
		Attributes: identity.Attributes{"userName": {"ada"}, "startDate": {"2026-12-01"}, "department": {"Engineering"}},
		Origins:    map[string]string{"userName": "okta", "startDate": "okta", "department": "hr"},
		StartsAt:   time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
}

func TestUserNameFallsBack(t *testing.T) {
	authority := directory.NewAuthority([]string{"hr"}, nil)
	for want, r := range map[string]identity.Record{
		"ada":   record("hr", "1", "userName", " ada ", "email", "a@x"),
		"a@x":   record("hr", "1", "email", "a@x"),
		"hr/17": record("hr", "17"),
	} {
		if got := directory.BuildUser(identity.User{}, []identity.Record{r}, authority, noon).UserName; got != want {
			t.Errorf("user name %q, want %q", got, want)
		}
	}
}

// The order in which records are known must not decide who somebody is.
func TestBuildUserDoesNotDependOnOrder(t *testing.T) {
	sources := []string{"hr", "corp", "okta", "old"}
	names := []string{"userName", "email", "department", "active", "endDate", "title"}
	rapid.Check(t, func(t *rapid.T) {
		authority := directory.NewAuthority(sources[:3], []directory.AuthorityRule{
			{Attributes: []string{rapid.SampledFrom(names).Draw(t, "ruled")}, Sources: rapid.SliceOfDistinct(rapid.SampledFrom(sources), func(s string) string { return s }).Draw(t, "listed")},
		})
		var records []identity.Record
		for i := range rapid.IntRange(1, 5).Draw(t, "records") {
			r := record(rapid.SampledFrom(sources).Draw(t, "source"), fmt.Sprint(i))
			for _, name := range names {
				if rapid.Bool().Draw(t, "has") {
					r.Attributes[name] = []string{rapid.SampledFrom([]string{"true", "false", "2026-01-01", "x"}).Draw(t, "value")}
				}
			}
			if rapid.Bool().Draw(t, "gone") {
				r.GoneAt = noon.Add(time.Duration(rapid.IntRange(-2, 0).Draw(t, "when")) * time.Hour)
			}
			records = append(records, r)
		}
		want := directory.BuildUser(identity.User{}, records, authority, noon)
		got := directory.BuildUser(identity.User{}, rapid.Permutation(records).Draw(t, "order"), authority, noon)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("another order, another user (-want +got):\n%s", diff)
		}
		if !directory.SameUser(want, got) || len(directory.Differences(want.Attributes, got.Attributes)) > 0 {
			t.Fatal("equal users are said to differ")
		}
		for name, source := range want.Origins {
			if !authority.Believes(name, source) {
				t.Fatalf("%s came from %s, which is not believed", name, source)
			}
		}
	})
}

// Nobody of whom every source is silent keeps anything but the name.
func TestNobodyLiveIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := record("hr", "1", "active", rapid.SampledFrom([]string{"true", "false", "?"}).Draw(t, "active"))
		r.GoneAt = noon
		u := directory.BuildUser(identity.User{}, []identity.Record{r}, directory.Authority{}, noon)
		if u.State != identity.Left {
			t.Fatalf("state %s", u.State)
		}
	})
}

func TestDifferences(t *testing.T) {
	a := identity.Attributes{"a": {"1"}, "b": {"1", "2"}, "c": {"1"}}
	b := identity.Attributes{"b": {"2", "1"}, "c": {"1"}, "d": {"1"}}
	if diff := cmp.Diff([]string{"a", "b", "d"}, directory.Differences(a, b)); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSorted(directory.Differences(b, a)) {
		t.Error("not sorted")
	}
}
