package google

import (
	"regexp"
	"slices"
	"testing"

	"birthright/targets"
	"birthright/targets/google/googlesim"
	"birthright/targets/targettest"
)

// possible are the names that can stand before an @.
var possible = regexp.MustCompile(`^[A-Za-z0-9_'-]+(\.[A-Za-z0-9_'-]+)*$`)

// everyFile are the files that the contract gives roles on.
var everyFile = []string{"eng", "ops", "theirs", "o'brien", "-dash", "long-long-long-long-long-long-long-long-long-long-long-long-name", "nowhere"}

func peer(t testing.TB, kind, suffix string, change func(*Config, *googlesim.Options)) targettest.Peer {
	r := newRig(t, change)
	p := r.Peer(plain{r.target, suffix}, "t")
	p.Kind, p.Nests, p.Page, p.Batch, p.Canary = kind, true, 3, 3, canary
	p.RefusesName = func(name string) bool { return !possible.MatchString(name) || len(name) > 64 }
	p.Uses = true
	p.Seed = func(t testing.TB, s targets.State) {
		s.Entitlements, s.Assignments = slices.Clone(s.Entitlements), slices.Clone(s.Assignments)
		for i := range s.Entitlements {
			s.Entitlements[i].Address.ID += suffix
		}
		for i := range s.Assignments {
			s.Assignments[i].Entitlement.ID += suffix
		}
		r.seed(t, s)
	}
	return p
}

func TestContract(t *testing.T) {
	for _, c := range []struct {
		name, kind, suffix string
		change             func(*Config, *googlesim.Options)
	}{
		{"groups, all managed", kindGroup, domain, nil},
		{"groups, by the least rights", kindGroup, domain, func(c *Config, o *googlesim.Options) {
			c.Users.Manage, c.Groups.Create = false, false
			o.Scopes = []string{scopeUsersRead, scopeGroupsRead, scopeMembers}
		}},
		{"shared drives", kindDrive, "@writer", func(c *Config, o *googlesim.Options) {
			c.Groups.Create = false
			c.Drives = Drives{GroupDomain: "example.com", Create: true}
		}},
		{"files", kindFile, "@commenter", func(c *Config, o *googlesim.Options) {
			c.Groups.Create = false
			c.Files = everyFile
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(t, c.kind, c.suffix, c.change) }})
		})
	}
}
