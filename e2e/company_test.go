package e2e

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
)

// company is what the tests know about the people of the sample directory: read
// from the LDIF text, changed alongside the real directory, and never through
// any code of the hub.
type company struct {
	people map[string]person // by uid
	left   map[string]person // those who went, as they were
	// emptied are the groups that somebody was in once: they stay, if empty.
	emptied map[string]bool
	// groups of the sample directory with the uids of their members.
	groups map[string][]string
}

// person is one entry of the sample directory.
type person struct {
	uid, givenName, familyName, mail, department string
	// names are the values of cn: one of the 150 has two.
	names []string
}

// managerGroups maps the groups of the directory that the policy asks for to
// what it gives their members.
var managerGroups = map[string]string{
	"Accounting Managers": "accounting-managers",
	"HR Managers":         "hr-managers",
	"QA Managers":         "qa-managers",
	"PD Managers":         "pd-managers",
}

// readCompany reads the people and groups of the sample directory.
func readCompany(t *testing.T, ldif string) *company {
	t.Helper()
	c := &company{people: map[string]person{}, left: map[string]person{}, emptied: map[string]bool{}, groups: map[string][]string{}}
	for _, e := range parseLDIF(t, ldif) {
		switch {
		case e.is("inetorgperson"):
			p := person{
				uid: e.first("uid"), givenName: e.first("givenname"), familyName: e.first("sn"),
				mail: e.first("mail"), names: e["cn"],
			}
			for _, ou := range e["ou"] {
				if ou != "People" {
					p.department = ou
				}
			}
			c.people[p.uid] = p
		case e.is("groupofuniquenames"):
			for _, dn := range e["uniquemember"] {
				rdn, _, _ := strings.Cut(dn, ",")
				c.groups[e.first("cn")] = append(c.groups[e.first("cn")], strings.TrimPrefix(rdn, "uid="))
			}
		}
	}
	if len(c.people) != 150 || len(c.groups) != 5 {
		t.Fatalf("the sample directory has %d people and %d groups, want 150 and 5", len(c.people), len(c.groups))
	}
	return c
}

// entry is one entry of an LDIF text: attribute names in lower case.
type entry map[string][]string

func (e entry) first(name string) string {
	if len(e[name]) == 0 {
		return ""
	}
	return e[name][0]
}

func (e entry) is(class string) bool {
	return slices.ContainsFunc(e["objectclass"], func(c string) bool { return strings.EqualFold(c, class) })
}

func parseLDIF(t *testing.T, text string) []entry {
	t.Helper()
	unfolded := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n ", "")
	var out []entry
	for block := range strings.SplitSeq(unfolded, "\n\n") {
		e := entry{}
		for line := range strings.SplitSeq(strings.TrimSpace(block), "\n") {
			name, value, _ := strings.Cut(line, ":")
			if coded, yes := strings.CutPrefix(value, ":"); yes {
				raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(coded))
				if err != nil {
					t.Fatalf("LDIF line %q: %v", line, err)
				}
				value = string(raw)
			}
			name = strings.ToLower(name)
			e[name] = append(e[name], strings.TrimSpace(value))
		}
		out = append(out, e)
	}
	return out
}

// uids lists the people who are there, sorted.
func (c *company) uids() []string { return slices.Sorted(maps.Keys(c.people)) }

// of lists the people of a department, sorted.
func (c *company) of(department string) []string {
	var out []string
	for _, uid := range c.uids() {
		if c.people[uid].department == department {
			out = append(out, uid)
		}
	}
	return out
}

// leave takes somebody out.
func (c *company) leave(uid string) {
	c.left[uid] = c.people[uid]
	c.emptied[groupOf(c.people[uid].department)] = true
	delete(c.people, uid)
}

// change changes somebody.
func (c *company) change(uid string, how func(*person)) {
	p := c.people[uid]
	c.emptied[groupOf(p.department)] = true
	how(&p)
	c.people[uid] = p
}

// clone copies the company, for a test that goes another way from here.
func (c *company) clone() *company {
	return &company{people: maps.Clone(c.people), left: maps.Clone(c.left), emptied: maps.Clone(c.emptied), groups: maps.Clone(c.groups)}
}

// groupOf is the name of a department's group: the slug of the contract.
func groupOf(department string) string {
	return "dept-" + strings.ReplaceAll(strings.ToLower(department), " ", "-")
}

// access is who should be in which group of a target: one group for each
// department and the four of the managers.
func (c *company) access() map[string][]string {
	groups := map[string][]string{}
	for group := range c.emptied {
		groups[group] = []string{}
	}
	for _, uid := range c.uids() {
		p := c.people[uid]
		groups[groupOf(p.department)] = append(groups[groupOf(p.department)], uid)
	}
	for name, group := range managerGroups {
		for _, uid := range c.groups[name] {
			if _, here := c.people[uid]; here {
				groups[group] = append(groups[group], uid)
			}
		}
	}
	for _, members := range groups {
		slices.Sort(members)
	}
	return groups
}
