package directory

import (
	"maps"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/dates"
)

// BuildUser returns the user that records speak of, as of now. From old it keeps
// only what records cannot tell: number, identifier, groups and times of
// storage; the zero User serves for someone new. The result does not depend on
// the order of records.
func BuildUser(old identity.User, records []identity.Record, authority Authority, now time.Time) identity.User {
	u := old
	u.Attributes, u.Origins = authority.Merge(records)
	u.State = Lifecycle(records, u.Attributes, now)
	u.StartsAt, _ = bound(u.Attributes, identity.AttrStartDate, dates.Start) // Lifecycle told what an unreadable date means
	u.EndsAt, _ = bound(u.Attributes, identity.AttrEndDate, dates.End)
	if names := authority.Names(records, u.Attributes); len(names) > 0 {
		u.UserName = names[0]
	}
	return u
}

// Names returns the names that the person may be known by, the best first: the
// believed userName, the e-mail address, and SOURCE/KEY, which cannot clash with
// anybody's.
func (a Authority) Names(records []identity.Record, believed identity.Attributes) []string {
	var names []string
	for _, name := range []string{believed.First(identity.AttrUserName), believed.First(identity.AttrEmail)} {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if speaking := a.speaking(records); len(speaking) > 0 {
		names = append(names, speaking[0].Source+"/"+speaking[0].Key)
	}
	return names
}

// SameUser reports whether a and b say the same of a person; numbers, times of
// storage and groups aside.
func SameUser(a, b identity.User) bool {
	return a.UserName == b.UserName && a.State == b.State &&
		a.StartsAt.Equal(b.StartsAt) && a.EndsAt.Equal(b.EndsAt) &&
		a.Attributes.Equal(b.Attributes) && maps.Equal(a.Origins, b.Origins)
}

// Differences returns the names of the attributes in which a and b differ, sorted.
func Differences(a, b identity.Attributes) []string {
	var names []string
	for name, values := range a {
		if !slices.Equal(values, b[name]) {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
