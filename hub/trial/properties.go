package trial

import (
	"strings"
	"time"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/analysis"
)

// Properties begins tests of the policy's properties: with what is proven,
// and what the users of its tests show.
func Properties(e *rules.Engine) *rules.PropertyTests {
	t := e.PropertyTests(analysis.Proven(e))
	t.Fixtures()
	return t
}

// HoldPeople holds properties against people of a file. Of the world beyond it
// knows only who manages whom.
func HoldPeople(t *rules.PropertyTests, people []identity.User, now time.Time) {
	w := rules.World{At: now, Facts: managersOf(people)}
	for _, u := range people {
		t.User(u, w, "the people file")
	}
}

// managers are facts about who manages whom, by user name in lower case.
type managers struct {
	rules.Nothing
	above map[string]string
}

func managersOf(people []identity.User) managers {
	m := managers{above: map[string]string{}}
	for _, u := range people {
		m.above[strings.ToLower(u.UserName)] = strings.ToLower(u.Attributes.First(identity.AttrManager))
	}
	return m
}

// ReportsTo walks up from the user's manager; people who manage each other end
// the walk.
func (m managers) ReportsTo(u identity.User, manager string) bool {
	at := strings.ToLower(u.Attributes.First(identity.AttrManager))
	for steps := 0; at != "" && steps <= len(m.above); steps++ {
		if at == strings.ToLower(manager) {
			return true
		}
		at = m.above[at]
	}
	return false
}
