package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/go-ldap/ldap/v3"

	"birthright/bench/measure"
	"birthright/internal/sambatest"
)

// sambaTarget is how the hub reaches a Samba domain controller.
const sambaTarget = `{name: app, kind: ad, url: "%s", tls: {ca_file: "%s"}, bind_dn: "%s", bind_password: "%s",
     users: {base_dn: "OU=People,%s"}, groups: {base_dn: "OU=Groups,%s", create: true}, accounts: {create: true}}`

// sambaPeople is how many a domain controller gets: it takes some 25 ms for each.
const sambaPeople = 300

// sambaTask has the hub provision some people to a domain controller, and a bare client
// to another.
func sambaTask(ctx context.Context, args []string) (measure.Result, error) {
	people, err := strconv.Atoi(args[0])
	if err != nil {
		return measure.Result{}, err
	}
	people = min(people, sambaPeople)
	var result measure.Result
	err = withSamba(func(s *sambatest.Server, _ *ldap.Conn) (err error) {
		target := fmt.Sprintf(sambaTarget, s.TLSURL, s.CAFile, sambatest.AdminName, sambatest.AdminPassword, sambatest.Suffix, sambatest.Suffix)
		h, done, err := openHub(ctx, target, "group", people)
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
	err = withSamba(func(_ *sambatest.Server, conn *ldap.Conn) error {
		began := time.Now()
		err := bareSamba(conn, people)
		result.Figures = map[string]float64{"bare": time.Since(began).Seconds()}
		return err
	})
	return result, err
}

// withSamba runs do with a domain of its own, which has units for people and groups.
func withSamba(do func(*sambatest.Server, *ldap.Conn) error) (err error) {
	dir, err := os.MkdirTemp("", "bench-samba-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := sambatest.Run(dir, sambatest.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	conn, err := server.Dial()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	for _, ou := range []string{"People", "Groups"} {
		add := ldap.NewAddRequest("OU="+ou+","+sambatest.Suffix, nil)
		add.Attribute("objectClass", []string{"organizationalUnit"})
		if err := conn.Add(add); err != nil {
			return err
		}
	}
	return do(server, conn)
}

// bareSamba is a loop that adds the same accounts, with a password, and groups, and, a
// hundred members at a time, the same members.
func bareSamba(conn *ldap.Conn, people int) error {
	password := ""
	for _, unit := range utf16.Encode([]rune(`"S0me-secret.word"`)) {
		password += string([]byte{byte(unit), byte(unit >> 8)})
	}
	for i := range people {
		add := ldap.NewAddRequest("CN="+userName(i)+",OU=People,"+sambatest.Suffix, nil)
		add.Attribute("objectClass", []string{"user"})
		add.Attribute("sAMAccountName", []string{userName(i)})
		add.Attribute("userPrincipalName", []string{userName(i) + "@example.com"})
		add.Attribute("unicodePwd", []string{password})
		add.Attribute("userAccountControl", []string{"512"})
		if err := conn.Add(add); err != nil {
			return err
		}
	}
	for g, name := range groupNames(people) {
		add := ldap.NewAddRequest("CN="+name+",OU=Groups,"+sambatest.Suffix, nil)
		add.Attribute("objectClass", []string{"group"})
		add.Attribute("sAMAccountName", []string{name})
		if err := conn.Add(add); err != nil {
			return err
		}
		modify := ldap.NewModifyRequest("CN="+name+",OU=Groups,"+sambatest.Suffix, nil)
		members := make([]string, cellSize)
		for i := range members {
			members[i] = "CN=" + userName(g/groupsEach*cellSize+i) + ",OU=People," + sambatest.Suffix
		}
		modify.Add("member", members)
		if err := conn.Modify(modify); err != nil {
			return err
		}
	}
	return nil
}
