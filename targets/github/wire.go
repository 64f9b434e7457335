package github

import "strconv"

// What GitHub answers, as far as it is looked at.

type user struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
}

// membership is of the organisation.
type membership struct {
	State string `json:"state"` // active or pending
	Role  string `json:"role"`  // admin or member
	User  *user  `json:"user"`
}

const (
	stateActive  = "active"
	statePending = "pending"
	roleAdmin    = "admin"
	roleMember   = "member"
)

type team struct {
	ID     int64  `json:"id"`
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Type   string `json:"type"`    // organization, or enterprise: nobody here may change that
	LDAP   string `json:"ldap_dn"` // whom an Enterprise Server takes the members from
	Parent *struct {
		ID int64 `json:"id"`
	} `json:"parent"`
}

// teamMember is somebody in a team. Inherited is true where that is through a child
// team, nil where an older server does not say.
type teamMember struct {
	user
	Role      string `json:"role"`
	Inherited *bool  `json:"inherited"`
}

type repository struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Archived bool   `json:"archived"`
}

// collaborator is somebody's direct access to a repository; the level is what all
// that they have there comes to.
type collaborator struct {
	user
	RoleName    string          `json:"role_name"`
	Permissions map[string]bool `json:"permissions"`
}

// level names what somebody has as PUT would be told.
func (c collaborator) level() string {
	switch c.RoleName {
	case "read":
		return "pull"
	case "write":
		return "push"
	case "":
		return c.base()
	}
	return c.RoleName
}

// base is the highest of the usual levels that somebody's comes up to.
func (c collaborator) base() string {
	for i := len(levels) - 1; i > 0; i-- {
		if c.Permissions[levels[i]] {
			return levels[i]
		}
	}
	return levels[0]
}

// height orders levels, those that the organisation made itself included.
func (c collaborator) height() int {
	if r := rank(c.level()); r > 0 {
		return r
	}
	return rank(c.base())
}

type repoTeam struct {
	team
	Permission  string          `json:"permission"`
	Permissions map[string]bool `json:"permissions"`
}

type invitation struct {
	ID           int64   `json:"id"`
	Login        *string `json:"login"`
	Email        *string `json:"email"`
	Role         string  `json:"role"`
	FailedReason string  `json:"failed_reason"`
}

type repoInvitation struct {
	ID          int64  `json:"id"`
	Invitee     *user  `json:"invitee"`
	Permissions string `json:"permissions"`
	Expired     bool   `json:"expired"`
}

func accountID(id int64) string { return strconv.FormatInt(id, 10) }
