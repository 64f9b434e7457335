package jira

import (
	"cmp"
	"path"
	"strings"
)

// What Jira answers, as far as it is looked at.

type user struct {
	AccountID   string `json:"accountId"`
	Type        string `json:"accountType"`
	Email       string `json:"emailAddress"`
	DisplayName string `json:"displayName"`
	Active      bool   `json:"active"`
	Groups      struct {
		Size  int     `json:"size"`
		Items []group `json:"items"`
	} `json:"groups"`
}

// person reports whether the account is somebody's, and no app's or customer's.
func (u user) person() bool { return u.Type == "atlassian" || u.Type == "" }

func (u user) name() string { return cmp.Or(u.Email, u.AccountID) }

func (u user) key() string { return u.AccountID }

func (u user) called(name string) bool {
	return strings.EqualFold(u.Email, name) || u.AccountID == name
}

// in reports whether the user's list of groups has g.
func (u user) in(g group) bool {
	for _, own := range u.Groups.Items {
		if own.ID == g.ID && g.ID != "" || own.ID == "" && own.Name == g.Name {
			return true
		}
	}
	return false
}

type group struct {
	Name string `json:"name"`
	ID   string `json:"groupId"`
}

func (g group) key() string { return g.ID }

type project struct {
	Key string `json:"key"`
}

func (p project) key() string { return p.Key }

// actors are who is in a role of a project.
type actors struct {
	Actors []struct {
		User  *user  `json:"actorUser"`
		Group *group `json:"actorGroup"`
	} `json:"actors"`
}

// holds reports whether an account is in the role itself.
func (a actors) holds(accountID string) bool {
	for _, actor := range a.Actors {
		if actor.User != nil && actor.User.AccountID == accountID {
			return true
		}
	}
	return false
}

// roleID takes a role's id from its address.
func roleID(address string) string { return path.Base(address) }
