package ldap

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/secret"
	"birthright/internal/slapdtest"
	"birthright/sources"
)

// crowd writes a tree of people in ou=people under suffix, each with thirteen
// attributes and a manager, and groups of size members in ou=groups.
func crowd(suffix string, people, groups, size int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "dn: %s\nobjectClass: domain\ndc: %s\n\n", suffix, strings.TrimPrefix(strings.Split(suffix, ",")[0], "dc="))
	for _, ou := range []string{"people", "groups"} {
		fmt.Fprintf(&b, "dn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n\n", ou, suffix, ou)
	}
	for i := range people {
		fmt.Fprintf(&b, `dn: uid=u%06d,ou=people,%[2]s
objectClass: inetOrgPerson
uid: u%06[1]d
cn: Given%[3]d Family%[4]d
sn: Family%[4]d
givenName: Given%[3]d
mail: u%06[1]d@example.com
employeeNumber: %[1]d
employeeType: Employee
departmentNumber: Department %[5]d
ou: Team %[3]d
title: Engineer
telephoneNumber: +1 555 %07[1]d
l: Berlin
manager: uid=u%06[6]d,ou=people,%[2]s

`, i, suffix, i%997, i%1009, i%40, i/10)
	}
	for g := range groups {
		fmt.Fprintf(&b, "dn: cn=group %d,ou=groups,%s\nobjectClass: groupOfNames\ncn: group %d\n", g, suffix, g)
		for m := range size {
			fmt.Fprintf(&b, "member: uid=u%06d,ou=people,%s\n", (g*size+m)%people, suffix)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// configFor reads the server as its reader, people and groups under the suffix.
func configFor(t testing.TB, s *slapdtest.Server) Config {
	t.Helper()
	return Config{
		Settings: ldapconn.Settings{URL: s.URL, BindDN: s.ReaderDN, BindPassword: ref(t, s.ReaderPassword)},
		Users:    Users{BaseDN: s.Suffix, Filter: "(objectClass=inetOrgPerson)"}, Groups: Groups{BaseDN: s.Suffix},
	}
}

func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	r, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t testing.TB, c Config, mappings ...sources.Mapping) sources.Source {
	t.Helper()
	s, err := c.Open(sources.Env{Name: "corp", Map: mappings, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seen is a sink that keeps everything, by name.
type seen struct {
	records map[string]identity.Record // by userName
	groups  map[string][]string        // name → members: user names, and group names behind @
	byKey   map[string]string          // key → user name, or @group
	members map[string][]identity.MemberRef
	count   int
}

func newSeen() *seen {
	return &seen{records: map[string]identity.Record{}, groups: map[string][]string{}, byKey: map[string]string{}, members: map[string][]identity.MemberRef{}}
}

func (s *seen) Record(r identity.Record) error {
	name := r.Attributes.First(identity.AttrUserName)
	s.records[name] = r
	s.byKey[r.Key] = name
	s.count++
	return nil
}

func (s *seen) Group(g identity.SourceGroup, members []identity.MemberRef) error {
	s.byKey["@"+g.Key] = "@" + g.Name
	s.members[g.Name] = members
	return nil
}

// named fills groups once every key is known.
func (s *seen) named() *seen {
	for group, members := range s.members {
		names := []string{}
		for _, m := range members {
			key := m.Key
			if m.Group {
				key = "@" + key
			}
			names = append(names, cmp.Or(s.byKey[key], "nobody known as "+key))
		}
		slices.Sort(names)
		s.groups[group] = names
	}
	return s
}

// pull reads s whole.
func pull(t testing.TB, s sources.Source) (*seen, sources.Checkpoint) {
	t.Helper()
	got := newSeen()
	checkpoint, err := s.Pull(t.Context(), "", got)
	if err != nil {
		t.Fatal(err)
	}
	if !checkpoint.Complete {
		t.Fatal("a pull without an error is not complete")
	}
	return got.named(), checkpoint
}
