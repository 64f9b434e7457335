package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"birthright/internal/company"
	"birthright/internal/slapdtest"
)

const suffix = slapdtest.DefaultSuffix

// fill loads people and groups into the server.
func fill(server *slapdtest.Server, people int) error {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(writeTree(writer, people)) }()
	return server.Bulk(server.Suffix, reader)
}

// writeTree writes a made-up company, with groups that draw their members from
// everywhere, as LDIF.
func writeTree(to io.Writer, people int) error {
	w := bufio.NewWriterSize(to, 1<<20)
	fmt.Fprintf(w, "dn: %s\nobjectClass: domain\ndc: example\n\n", suffix)
	for _, ou := range []string{"people", "groups"} {
		fmt.Fprintf(w, "dn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n\n", ou, suffix, ou)
	}
	crowd := company.Generate(1, people, time.Now()).People
	for _, p := range crowd {
		fmt.Fprintf(w, "dn: %s\nobjectClass: inetOrgPerson\n", dn(p))
		for _, a := range [][2]string{
			{"uid", p.UserName}, {"cn", p.DisplayName}, {"sn", p.FamilyName}, {"givenName", p.GivenName}, {"displayName", p.DisplayName},
			{"mail", p.Email}, {"telephoneNumber", p.Phone}, {"title", p.Title}, {"departmentNumber", p.Department}, {"ou", p.Team},
			{"l", p.Location}, {"employeeNumber", p.EmployeeNumber}, {"employeeType", p.Type}, {"preferredLanguage", p.Locale},
		} {
			if a[1] != "" {
				fmt.Fprintf(w, "%s:: %s\n", a[0], base64.StdEncoding.EncodeToString([]byte(a[1])))
			}
		}
		if p.Manager != "" {
			fmt.Fprintf(w, "manager: uid=%s,ou=people,%s\n", p.Manager, suffix)
		}
		fmt.Fprintln(w)
	}
	draw := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // members of a made-up group
	for g := range groups {
		fmt.Fprintf(w, "dn: cn=group %[1]d,ou=groups,%[2]s\nobjectClass: groupOfNames\ncn: group %[1]d\n", g, suffix)
		for _, i := range draw.Perm(people)[:members] {
			fmt.Fprintf(w, "member: %s\n", dn(crowd[i]))
		}
		fmt.Fprintln(w)
	}
	return w.Flush() // the first error of any write
}

func dn(p company.Person) string { return "uid=" + p.UserName + ",ou=people," + suffix }

// touch gives the first n people another title.
func touch(server *slapdtest.Server, n int) error {
	conn, err := server.Dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, p := range company.Generate(1, n, time.Now()).People {
		change := goldap.NewModifyRequest(dn(p), nil)
		change.Replace("title", []string{"Changed " + p.Title})
		if err := conn.Modify(change); err != nil {
			return err
		}
	}
	return nil
}
