package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"birthright/internal/slapdtest"
	"birthright/targets/scim/scimsim"
)

// holdings is the complete state of a target, as the test sees it by itself.
type holdings struct {
	Accounts map[string]account  // by login name
	Groups   map[string][]string // members, sorted
}

// account is one person's presence. A directory takes all values of an attribute
// that may have several; DisplayName then holds them sorted, with a bar between.
type account struct {
	DisplayName, GivenName, FamilyName, Mail, Department string
	Active                                               bool
}

func (p person) account(name string, active bool) account {
	return account{name, p.givenName, p.familyName, p.mail, p.department, active}
}

// allNames is how a directory shows several names.
func allNames(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), "|") }

// inDirectory is what the directory target should hold: leavers are deleted.
func (c *company) inDirectory() holdings {
	h := holdings{Accounts: map[string]account{}, Groups: c.access()}
	for uid, p := range c.people {
		h.Accounts[uid] = p.account(allNames(p.names), true)
	}
	return h
}

// inApp is what the application should hold: leavers are disabled, and hold nothing.
func (c *company) inApp() holdings {
	h := holdings{Accounts: map[string]account{}, Groups: c.access()}
	for uid, p := range c.people {
		h.Accounts[uid] = p.account(p.names[0], true)
	}
	for uid, p := range c.left {
		h.Accounts[uid] = p.account(p.names[0], false)
	}
	return h
}

// with adds what somebody else made on a target: an account in a group.
func (h holdings) with(group, name string, a account) holdings {
	out := holdings{Accounts: maps.Clone(h.Accounts), Groups: maps.Clone(h.Groups)}
	out.Accounts[name] = a
	return out.withMember(group, name)
}

// withMember adds a member that somebody else put there.
func (h holdings) withMember(group, name string) holdings {
	out := holdings{Accounts: h.Accounts, Groups: maps.Clone(h.Groups)}
	members := append(slices.Clone(out.Groups[group]), name)
	slices.Sort(members)
	out.Groups[group] = members
	return out
}

// same compares what is there with what should be.
func same(t *testing.T, where string, want, got holdings) {
	t.Helper()
	if diff := difference(want, got); diff != "" {
		t.Fatalf("%s is not as it should be (-want +got):\n%s", where, brief(diff))
	}
}

// difference is what differs, and nothing of what does not: 150 people who are
// all right would bury the one who is not.
func difference(want, got holdings) string {
	want, got = holdings{maps.Clone(want.Accounts), maps.Clone(want.Groups)}, holdings{maps.Clone(got.Accounts), maps.Clone(got.Groups)}
	for name, a := range want.Accounts {
		if got.Accounts[name] == a {
			delete(want.Accounts, name)
			delete(got.Accounts, name)
		}
	}
	for name, members := range want.Groups {
		if other, there := got.Groups[name]; there && slices.Equal(members, other) {
			delete(want.Groups, name)
			delete(got.Groups, name)
		}
	}
	return cmp.Diff(want, got)
}

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// readApp is what the application holds.
func readApp(app *scimsim.Server) holdings {
	h := holdings{Accounts: map[string]account{}, Groups: map[string][]string{}}
	snapshot := app.Snapshot()
	for _, u := range snapshot.Users {
		a := account{Active: u.Active}
		a.DisplayName, _ = u.Attributes["displayName"].(string)
		if name, ok := u.Attributes["name"].(map[string]any); ok {
			a.GivenName, _ = name["givenName"].(string)
			a.FamilyName, _ = name["familyName"].(string)
		}
		if emails, ok := u.Attributes["emails"].([]any); ok && len(emails) == 1 {
			a.Mail, _ = emails[0].(map[string]any)["value"].(string)
		}
		if extension, ok := u.Attributes[enterprise].(map[string]any); ok {
			a.Department, _ = extension["department"].(string)
		}
		h.Accounts[u.UserName] = a
	}
	for _, g := range snapshot.Groups {
		h.Groups[g.DisplayName] = g.Members
	}
	return h
}

// appWrites counts the requests that could have changed the application since
// the counters were last reset.
func appWrites(app *scimsim.Server) int {
	n := 0
	for what, count := range app.Requests() {
		if !strings.HasPrefix(what, "GET ") {
			n += count
		}
	}
	return n
}

// placeholder is the value that stands in a group that would be empty.
const placeholder = "cn=birthright-placeholder,"

// readDirectory is what the directory target holds below base.
func readDirectory(t *testing.T, s *slapdtest.Server, base string) holdings {
	t.Helper()
	h := holdings{Accounts: map[string]account{}, Groups: map[string][]string{}}
	nameOf := map[string]string{}
	entries := search(t, s, base, "(|(objectClass=inetOrgPerson)(objectClass=groupOfNames))", "*")
	for _, e := range entries {
		if slices.Contains(e.GetAttributeValues("objectClass"), "inetOrgPerson") {
			uid := e.GetAttributeValue("uid")
			nameOf[strings.ToLower(e.DN)] = uid
			h.Accounts[uid] = account{
				DisplayName: allNames(e.GetAttributeValues("cn")), GivenName: e.GetAttributeValue("givenName"), FamilyName: e.GetAttributeValue("sn"),
				Mail: e.GetAttributeValue("mail"), Department: e.GetAttributeValue("departmentNumber"), Active: true,
			}
		}
	}
	for _, e := range entries {
		if !slices.Contains(e.GetAttributeValues("objectClass"), "groupOfNames") {
			continue
		}
		members := []string{}
		for _, dn := range e.GetAttributeValues("member") {
			if strings.HasPrefix(dn, placeholder) {
				continue
			}
			name, known := nameOf[strings.ToLower(dn)]
			if !known {
				name = "nobody: " + dn
			}
			members = append(members, name)
		}
		slices.Sort(members)
		h.Groups[e.GetAttributeValue("cn")] = members
	}
	return h
}

// fingerprint tells whether anything below base was written: each write gives
// its entry another change number.
func fingerprint(t *testing.T, s *slapdtest.Server, base string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range search(t, s, base, "(objectClass=*)", "entryCSN") {
		out[e.DN] = e.GetAttributeValue("entryCSN")
	}
	return out
}

func search(t *testing.T, s *slapdtest.Server, base, filter string, attributes ...string) []*ldap.Entry {
	t.Helper()
	conn, err := s.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	found, err := conn.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil))
	if err != nil {
		t.Fatalf("search %s: %v", base, err)
	}
	return found.Entries
}
