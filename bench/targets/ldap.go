package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/go-ldap/ldap/v3"

	"birthright/bench/measure"
	"birthright/internal/slapdtest"
)

// ldapTarget is how the hub reaches a slapd.
const ldapTarget = `{name: app, kind: ldap, url: "%s", bind_dn: "%s", bind_password: "%s",
     users: {base_dn: "ou=people,%s", rdn: uid, object_classes: [inetOrgPerson]}, groups: {base_dn: "ou=groups,%s", object_class: groupOfNames, create: true},
     accounts: {create: true}}`

// ldapTask has the hub provision everybody to a slapd, and a bare client to another.
func ldapTask(ctx context.Context, args []string) (measure.Result, error) {
	people, err := strconv.Atoi(args[0])
	if err != nil {
		return measure.Result{}, err
	}
	var result measure.Result
	err = withSlapd(func(s *slapdtest.Server) (err error) {
		h, done, err := openHub(ctx, fmt.Sprintf(ldapTarget, s.URL, s.AdminDN, s.AdminPassword, s.Suffix, s.Suffix), "group", people)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		began := time.Now()
		changes, err := syncWhole(ctx, h)
		result = measure.Since(began, map[string]int{"changes": changes})
		return err
	})
	if err != nil {
		return result, err
	}
	err = withSlapd(func(s *slapdtest.Server) error {
		began := time.Now()
		err := bareLDAP(s, people)
		result.Figures = map[string]float64{"bare": time.Since(began).Seconds()}
		return err
	})
	return result, err
}

// tree is where people and groups go.
const tree = `dn: %[1]s
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,%[1]s
objectClass: organizationalUnit
ou: people

dn: ou=groups,%[1]s
objectClass: organizationalUnit
ou: groups
`

// withSlapd runs do with a slapd of its own.
func withSlapd(do func(*slapdtest.Server) error) (err error) {
	dir, err := os.MkdirTemp("", "bench-slapd-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := slapdtest.Run(dir, slapdtest.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if err := server.LoadLDIF(fmt.Sprintf(tree, server.Suffix)); err != nil {
		return err
	}
	return do(server)
}

// bareLDAP is a loop that adds the same entries and, a hundred members at a time, the
// same members.
func bareLDAP(s *slapdtest.Server, people int) (err error) {
	conn, err := s.Dial()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	names := groupNames(people)
	for _, name := range names {
		add := ldap.NewAddRequest("cn="+name+",ou=groups,"+s.Suffix, nil)
		add.Attribute("objectClass", []string{"groupOfNames"})
		add.Attribute("member", []string{"cn=nobody"})
		if err := conn.Add(add); err != nil {
			return err
		}
	}
	for i := range people {
		add := ldap.NewAddRequest("uid="+userName(i)+",ou=people,"+s.Suffix, nil)
		add.Attribute("objectClass", []string{"inetOrgPerson"})
		add.Attribute("cn", []string{"Person " + userName(i)})
		add.Attribute("sn", []string{userName(i)})
		if err := conn.Add(add); err != nil {
			return err
		}
	}
	for g, name := range names {
		members := make([]string, cellSize)
		for i := range members {
			members[i] = "uid=" + userName(g/groupsEach*cellSize+i) + ",ou=people," + s.Suffix
		}
		modify := ldap.NewModifyRequest("cn="+name+",ou=groups,"+s.Suffix, nil)
		modify.Add("member", members)
		if err := conn.Modify(modify); err != nil {
			return err
		}
	}
	return nil
}
