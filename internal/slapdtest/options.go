package slapdtest

import (
	"fmt"
	"strings"
)

// Options shape a server. The zero value serves dc=example,dc=com without limits.
type Options struct {
	// Suffixes are the trees served, each a database of its own; they start
	// empty. Default: dc=example,dc=com.
	Suffixes []string
	// SizeLimit is the most entries the reader gets from one search without
	// paging; 0 means no limit.
	SizeLimit int
	// PagedTotal is the most entries the reader gets from one paged search over
	// all its pages; 0 means no limit.
	PagedTotal int
	// MemberOf turns on the overlays that keep memberOf on people in step with
	// the groups (memberof) and group members with renames (refint).
	MemberOf bool
	// Access replaces the access rules, each a slapd.conf clause that begins
	// with "access to". Default: everybody reads everything but passwords.
	Access []string
	// Extra are slapd.conf lines added to every database.
	Extra []string
}

// DefaultSuffix is served where Options names none.
const DefaultSuffix = "dc=example,dc=com"

// The identities that every server knows. They live in a database of their own,
// so that the reader is an ordinary user of the suffixes and the administrator
// is root of them all.
const (
	accountsSuffix = "cn=accounts"
	adminDN        = "cn=admin,cn=accounts"
	readerDN       = "cn=reader,cn=accounts"
	adminPassword  = "admin-secret"
	readerPassword = "reader-secret"
)

// accountsLDIF fills the database of identities; the administrator needs no
// entry.
const accountsLDIF = `dn: cn=accounts
objectClass: applicationProcess
cn: accounts

dn: cn=reader,cn=accounts
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: reader
userPassword: ` + readerPassword + `
`

func (o Options) withDefaults() Options {
	if len(o.Suffixes) == 0 {
		o.Suffixes = []string{DefaultSuffix}
	}
	if len(o.Access) == 0 {
		o.Access = []string{
			"access to attrs=userPassword by anonymous auth by * none",
			"access to * by * read",
		}
	}
	return o
}

// conf renders slapd.conf for a server that lives in l.
func (o Options) conf(l layout) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	for _, schema := range []string{"core", "cosine", "inetorgperson", "nis"} {
		line("include %q", l.schema(schema))
	}
	line("modulepath %q", l.modules)
	line("moduleload back_mdb")
	if o.MemberOf {
		line("moduleload memberof\nmoduleload refint")
	}
	line("pidfile %q", l.path("slapd.pid"))
	line("TLSCACertificateFile %q", l.path("ca.pem"))
	line("TLSCertificateFile %q", l.path("server.pem"))
	line("TLSCertificateKeyFile %q", l.path("server.key"))
	line("threads 4")
	for _, rule := range o.Access {
		line("%s", rule)
	}

	line("database mdb\nsuffix %q\nrootdn %q\nrootpw %s", accountsSuffix, adminDN, adminPassword)
	line("directory %q\nmaxsize 16777216\ndbnosync", l.database(-1))
	for i, suffix := range o.Suffixes {
		line("database mdb\nsuffix %q\nrootdn %q", suffix, adminDN)
		// The file is sparse: this bounds the tree, it does not take the space.
		line("directory %q\nmaxsize 17179869184\ndbnosync", l.database(i))
		line("index objectClass,uid,mail,cn,member,uniqueMember,memberUid,employeeNumber,entryUUID,entryCSN eq")
		line("limits * %s", o.limits())
		if o.MemberOf {
			// A tree of people alone has no groups to look up; both overlays cope.
			line("overlay memberof\nmemberof-refint TRUE")
			line("overlay refint\nrefint_attributes member memberOf uniqueMember")
		}
		for _, extra := range o.Extra {
			line("%s", extra)
		}
	}
	return b.String()
}

func (o Options) limits() string {
	count := func(n int) string {
		if n == 0 {
			return "unlimited"
		}
		return fmt.Sprint(n)
	}
	size := count(o.SizeLimit)
	return fmt.Sprintf("size.soft=%s size.hard=%s size.pr=unlimited size.prtotal=%s", size, size, count(o.PagedTotal))
}
