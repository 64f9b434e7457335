package trial

import (
	"maps"
	"strings"

	"birthright/identity"
	"birthright/rules"
)

// chain answers who reports to whom by a list of managers, and leaves everything
// else to other facts.
type chain struct {
	rules.Facts
	// managerOf holds, by user name in lower case, the manager's name.
	managerOf map[string]string
}

// newChain is an empty one; nil for others knows nothing else.
func newChain(others rules.Facts) chain {
	if others == nil {
		others = rules.Nothing{}
	}
	return chain{Facts: others, managerOf: map[string]string{}}
}

// note takes over who u's manager is.
func (c chain) note(u *identity.User) error {
	if manager := u.Attributes.First(identity.AttrManager); manager != "" {
		c.managerOf[strings.ToLower(u.UserName)] = strings.ToLower(manager)
	} else {
		delete(c.managerOf, strings.ToLower(u.UserName))
	}
	return nil
}

// over is the same chain with other facts, to be changed apart.
func (c chain) over(others rules.Facts) chain {
	return chain{Facts: others, managerOf: maps.Clone(c.managerOf)}
}

// ReportsTo walks up from user; a circle in the data ends the walk.
func (c chain) ReportsTo(user identity.User, manager string) bool {
	seen := map[string]bool{}
	for at := strings.ToLower(user.Attributes.First(identity.AttrManager)); at != "" && !seen[at]; at = c.managerOf[at] {
		if strings.EqualFold(at, manager) {
			return true
		}
		seen[at] = true
	}
	return false
}
