package ldap

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/slapdtest"
	"birthright/sources"

	"github.com/google/go-cmp/cmp"
)

// The sample directory, whole: people, departments out of a mixed ou, managers
// by name, and groups whose members are written with other spaces than the
// entries they name.
func TestSampleDirectory(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, slapdtest.ExampleLDIF(t))
	mappings := append([]sources.Mapping{{To: identity.AttrDepartment, From: "ou", Except: []string{"People"}}}, defaultMap...)

	got, checkpoint := pull(t, open(t, configFor(t, s), mappings...))
	if checkpoint.Seen != 150 || len(got.records) != 150 {
		t.Errorf("people: told %d, counted %d, want 150", len(got.records), checkpoint.Seen)
	}
	want := identity.Attributes{
		"userName": {"scarter"}, "displayName": {"Sam Carter"}, "givenName": {"Sam"}, "familyName": {"Carter"},
		"email": {"scarter@example.com"}, "department": {"Accounting"}, "location": {"Sunnyvale"},
		"phone": {"+1 408 555 4798"}, "manager": {"dmiller"},
	}
	if diff := cmp.Diff(want, got.records["scarter"].Attributes); diff != "" {
		t.Errorf("scarter (-want +got):\n%s", diff)
	}
	departments := map[string]int{}
	managed := 0
	for name, r := range got.records {
		departments[r.Attributes.First("department")]++
		if m := r.Attributes.First("manager"); m != "" {
			managed++
			if _, there := got.records[m]; !there {
				t.Errorf("manager of %s is %q, who is nobody", name, m)
			}
		}
	}
	if _, stray := departments["People"]; stray || len(departments) < 5 || managed < 140 {
		t.Errorf("departments %v, %d people with a manager", departments, managed)
	}
	wantGroups := map[string][]string{
		"Directory Administrators": {"hmiller", "kvaughan", "rdaugherty"},
		"Accounting Managers":      {"scarter", "tmorris"},
		"HR Managers":              {"cschmith", "kvaughan"},
		"QA Managers":              {"abergin", "jwalker"},
		"PD Managers":              {"kwinters", "trigden"},
	}
	if diff := cmp.Diff(wantGroups, got.groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// Everybody arrives once whatever the page size, also when pages end exactly
// with the people, and managers resolve wherever they stand.
func TestPageBorders(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	const people = 2500
	tree := crowd(s.Suffix, people, 3, 700)
	// A manager who comes after everybody who reports to him.
	tree = strings.ReplaceAll(tree, "manager: uid=u000007,", "manager: uid=u002499,")
	if err := s.Bulk(s.Suffix, strings.NewReader(tree)); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 499, 500, 1000, 2500, 99_999} {
		if size == 1 && testing.Short() {
			continue
		}
		c := configFor(t, s)
		c.PageSize = size
		got, checkpoint := pull(t, open(t, c))
		if checkpoint.Seen != people || got.count != people || len(got.records) != people {
			t.Fatalf("page size %d: told %d, %d distinct, counted %d; want %d", size, got.count, len(got.records), checkpoint.Seen, people)
		}
		for i := range people {
			manager := i / 10
			if manager == 7 {
				manager = 2499
			}
			name := fmt.Sprintf("u%06d", i)
			if got, want := got.records[name].Attributes.First("manager"), fmt.Sprintf("u%06d", manager); got != want {
				t.Fatalf("page size %d: manager of %s is %q, want %q", size, name, got, want)
			}
		}
		for _, g := range []string{"group 0", "group 1", "group 2"} {
			if n := len(got.groups[g]); n != 700 {
				t.Errorf("page size %d: %s has %d members, want 700", size, g, n)
			}
		}
	}
}

const oddTree = `dn: dc=example,dc=com
objectClass: domain
dc: example

dn: ou=People,dc=example,dc=com
objectClass: organizationalUnit
ou: People

dn: ou=Partners,dc=example,dc=com
objectClass: organizationalUnit
ou: Partners

dn: cn=M\C3\BCller\2C J\C3\B6rg+uid=jm,ou=People,dc=example,dc=com
objectClass: inetOrgPerson
cn: Müller, Jörg
uid: jm
sn: Müller
mail: jm@example.com
mail: joerg@example.com
description: begins 20260201000000Z
manager: UID=Boss, ou=PEOPLE, dc=example, dc=com

dn: uid=boss,ou=People,dc=example,dc=com
objectClass: inetOrgPerson
uid: boss
cn: The Boss
sn: Boss
manager: uid=outsider,ou=Partners,dc=example,dc=com
userPassword: hidden

dn: uid=outsider,ou=Partners,dc=example,dc=com
objectClass: inetOrgPerson
uid: outsider
cn: Outsider
sn: Outsider

dn: cn=outer,dc=example,dc=com
objectClass: groupOfNames
cn: outer
member: cn=inner , dc=EXAMPLE,dc=com
member: uid=outsider,ou=Partners,dc=example,dc=com
member: cn=nobody,dc=example,dc=com

dn: cn=inner,dc=example,dc=com
objectClass: groupOfUniqueNames
cn: inner
uniqueMember: uid=jm+cn=m\C3\BCller\, j\C3\B6rg,ou=people,dc=example,dc=com
uniqueMember: uid=boss,ou=people,dc=example,dc=com#'0101'B
uniqueMember: cn=outer,dc=example,dc=com

dn: cn=posix,dc=example,dc=com
objectClass: posixGroup
cn: posix
gidNumber: 100
memberUid: JM
memberUid: nobody
`

func TestNestedGroupsAndOddNames(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, oddTree)
	c := configFor(t, s)
	c.Users.BaseDN = "OU=people, " + s.Suffix
	got, _ := pull(t, open(t, c))

	people := []string{}
	for name := range got.records {
		people = append(people, name)
	}
	slices.Sort(people)
	if diff := cmp.Diff([]string{"boss", "jm"}, people); diff != "" {
		t.Fatalf("people (-want +got):\n%s", diff)
	}
	jm := got.records["jm"].Attributes
	if jm.First("manager") != "boss" || jm.First("displayName") != "Müller, Jörg" || len(jm["email"]) != 2 {
		t.Errorf("jm: %v", jm)
	}
	if m := got.records["boss"].Attributes["manager"]; m != nil {
		t.Errorf("the manager of boss is outside of the tree, yet is %q", m)
	}
	want := map[string][]string{"outer": {"@inner"}, "inner": {"@outer", "boss", "jm"}, "posix": {"jm"}}
	if diff := cmp.Diff(want, got.groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

func TestMappedAttributes(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, oddTree)
	got, _ := pull(t, open(t, configFor(t, s),
		sources.Mapping{To: "userName", From: "UID"},
		sources.Mapping{To: "email", From: "mail", Match: "^(.*)@example[.]com$"},
		sources.Mapping{To: "startDate", From: "description", Match: "begins (.*)"},
	))
	want := identity.Attributes{"userName": {"jm"}, "email": {"jm", "joerg"}, "startDate": {"2026-02-01T00:00:00Z"}}
	if diff := cmp.Diff(want, got.records["jm"].Attributes); diff != "" {
		t.Errorf("jm (-want +got):\n%s", diff)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, oddTree)
	c := configFor(t, s)
	byUUID, _ := pull(t, open(t, c))
	again, _ := pull(t, open(t, c))
	for name, r := range byUUID.records {
		if len(r.Key) != 36 || again.records[name].Key != r.Key {
			t.Errorf("%s: keys %q and %q, want the same UUID twice", name, r.Key, again.records[name].Key)
		}
	}
	c.Key = "dn"
	byDN, _ := pull(t, open(t, c))
	if got, want := byDN.records["boss"].Key, "uid=boss,ou=people,dc=example,dc=com,"; got != want {
		t.Errorf("key by dn: got %q, want %q", got, want)
	}
	if diff := cmp.Diff(byUUID.groups, byDN.groups); diff != "" {
		t.Errorf("groups by dn (-by uuid +by dn):\n%s", diff)
	}
	c.Key = "uid"
	if got, _ := pull(t, open(t, c)); got.records["boss"].Key != "boss" || len(got.groups["inner"]) != 3 {
		t.Errorf("by uid: %+v, %v", got.records["boss"], got.groups)
	}
}
