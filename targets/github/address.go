package github

import (
	"regexp"
	"strings"

	"birthright/identity"
)

// The kinds of entitlement:
//
//	team/SLUG             membership of a team
//	team/SLUG@maintainer  the role of a maintainer, of somebody who is a member
//	repo/NAME@LEVEL       a collaborator of a repository, at one level
//	org/member            membership of the organisation
//	org/owner             the role of an owner, of somebody who is a member
//
// A role is apart from the membership that it needs: who loses the role stays, who
// loses the membership loses both, so that no role that somebody gave by hand can
// keep a leaver in.
const (
	kindTeam = "team"
	kindRepo = "repo"
	kindOrg  = "org"

	maintainer = "maintainer"
	orgMember  = "member"
	orgOwner   = "owner"
)

var allKinds = []string{kindTeam, kindRepo, kindOrg}

// address is an entitlement taken apart.
type address struct {
	kind string
	// name is the team's slug, the repository's name, or member and owner.
	name string
	// role is maintainer or "" of a team, the level of a repository.
	role string
}

// What GitHub makes of names. They are checked because they become paths.
var (
	nameForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	levelForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$`)
	loginForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)
)

// parse takes an entitlement apart; false where it can be none of GitHub's.
func parse(e identity.Entitlement) (address, bool) {
	name, role, hasRole := strings.Cut(e.ID, "@")
	a := address{e.Kind, name, role}
	switch {
	case !nameForm.MatchString(name) || name == "." || name == "..":
		return a, false
	case e.Kind == kindTeam:
		return a, !hasRole || role == maintainer
	case e.Kind == kindRepo:
		return a, levelForm.MatchString(role)
	case e.Kind == kindOrg:
		return a, !hasRole && (name == orgMember || name == orgOwner)
	}
	return a, false
}

// id is what stands behind KIND/.
func (a address) id() string {
	if a.role == "" {
		return a.name
	}
	return a.name + "@" + a.role
}

func (t *Target) entitlement(a address) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: a.kind, ID: a.id()}
}

// levels are those that every repository has, the least first.
var levels = []string{"pull", "triage", "push", "maintain", "admin"}

// rank orders levels; one that an organisation made itself is not among them.
func rank(level string) int {
	for i, l := range levels {
		if strings.EqualFold(l, level) {
			return i + 1
		}
	}
	return 0
}
