package company

import (
	"bufio"
	"encoding/base64"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteLDIF writes the people employed at c.Now and a group for each department
// as LDIF (RFC 2849) below base, for example "dc=example,dc=com". The entry of
// base itself is not written.
func (c Company) WriteLDIF(w io.Writer, base string) error {
	out := ldif{w: bufio.NewWriterSize(w, 1<<16)}
	for _, ou := range []string{"people", "groups"} {
		out.entry("ou="+ou+","+base, "objectClass", "organizationalUnit", "ou", ou)
	}
	members := map[string][]string{}
	for _, p := range c.People {
		if !p.Employed(c.Now) {
			continue
		}
		dn := personDN(p.UserName, base)
		members[p.Department] = append(members[p.Department], dn)
		out.entry(dn, "objectClass", "inetOrgPerson", "uid", p.UserName, "cn", p.DisplayName, "sn", p.FamilyName,
			"givenName", p.GivenName, "displayName", p.DisplayName, "mail", p.Email, "telephoneNumber", p.Phone, "title", p.Title,
			"departmentNumber", p.Department, "ou", p.Team, "l", p.Location, "employeeNumber", p.EmployeeNumber,
			"employeeType", p.Type, "preferredLanguage", p.Locale, "manager", optionalDN(p.Manager, base))
	}
	for _, dep := range slices.Sorted(maps.Keys(members)) {
		out.group("cn="+dep+",ou=groups,"+base, dep, members[dep])
	}
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// personDN is the DN of a person; login names need no escaping.
func personDN(userName, base string) string { return "uid=" + userName + ",ou=people," + base }

func optionalDN(userName, base string) string {
	if userName == "" {
		return ""
	}
	return personDN(userName, base)
}

// ldif writes entries and remembers the first error.
type ldif struct {
	w   *bufio.Writer
	err error
}

// entry writes an entry of name, value pairs, leaving out empty values.
func (l *ldif) entry(dn string, pairs ...string) {
	l.line("dn", dn)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			l.line(pairs[i], pairs[i+1])
		}
	}
	l.write("\n")
}

func (l *ldif) group(dn, cn string, members []string) {
	l.line("dn", dn)
	l.line("objectClass", "groupOfNames")
	l.line("cn", cn)
	for _, m := range members {
		l.line("member", m)
	}
	l.write("\n")
}

// line writes one value, in base64 where LDIF could not tell it from syntax.
func (l *ldif) line(name, value string) {
	if safe(value) {
		l.write(name + ": " + value + "\n")
		return
	}
	l.write(name + ":: " + base64.StdEncoding.EncodeToString([]byte(value)) + "\n")
}

// safe is SAFE-STRING of RFC 2849, without a blank at the end.
func safe(value string) bool {
	unsafe := func(r rune) bool { return r >= 0x80 || r == 0 || r == '\r' || r == '\n' }
	return !strings.ContainsFunc(value, unsafe) && !strings.ContainsAny(value[:1], " :<") && !strings.HasSuffix(value, " ")
}

func (l *ldif) write(text string) {
	if l.err == nil {
		_, l.err = l.w.WriteString(text)
	}
}
