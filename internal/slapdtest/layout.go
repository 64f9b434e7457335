package slapdtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"birthright/internal/ldapprocess"
)

// install tells what to do where a program or file of the server is missing.
const install = "install it with: apt-get install -y slapd ldap-utils"

// layout is where a server's own files and the installed ones are.
type layout struct {
	dir     string // the server's folder
	modules string // backends and overlays
	schemas string // *.schema
	slapd   string // the server program
	slapadd string // the offline loader
	ldapadd string // the online loader
}

// findLayout looks for what Debian's packages slapd and ldap-utils install.
func findLayout(dir string) (layout, error) {
	l := layout{dir: dir}
	var faults []error
	find := func(into *string, what string, places ...string) {
		for _, place := range places {
			if _, err := os.Stat(place); err == nil {
				*into = place
				return
			}
		}
		faults = append(faults, fmt.Errorf("%s is missing: looked for %q; %s", what, places, install))
	}
	find(&l.slapd, "the OpenLDAP server", "/usr/sbin/slapd", "/usr/local/sbin/slapd", "/usr/libexec/slapd")
	find(&l.slapadd, "slapadd", "/usr/sbin/slapadd", "/usr/local/sbin/slapadd")
	find(&l.ldapadd, "ldapadd", "/usr/bin/ldapadd", "/usr/local/bin/ldapadd")
	find(&l.modules, "the OpenLDAP module folder", "/usr/lib/ldap", "/usr/lib64/openldap", "/usr/lib/openldap")
	find(&l.schemas, "the OpenLDAP schema folder", "/etc/ldap/schema", "/etc/openldap/schema")
	return l, errors.Join(faults...)
}

func (l layout) path(name string) string   { return filepath.Join(l.dir, name) }
func (l layout) schema(name string) string { return filepath.Join(l.schemas, name+".schema") }

// database returns the folder of the i-th suffix; -1 is that of the identities.
func (l layout) database(i int) string { return l.path("db" + strconv.Itoa(i+1)) }

// start runs slapd. It reserves memory for every file it may open; where a container
// allows a thousand million of them it would not start in time. exec keeps the
// process id ours.
func (l layout) start(urls ...string) (*ldapprocess.Process, error) {
	cmd := exec.Command("/bin/sh", "-c", `ulimit -n 1024; exec "$@"`, "sh",
		l.slapd, "-d", "0", "-f", l.path("slapd.conf"), "-h", strings.Join(urls, "/ ")+"/")
	return ldapprocess.Start(cmd, "slapd", l.path("slapd.log"), urls[0])
}
