package sambatest

import (
	"fmt"
	"strings"
)

// The domain that every server has.
const (
	Suffix = "DC=example,DC=com"
	realm  = "EXAMPLE.COM"
	domain = "EXAMPLE"
	// AdminName and AdminPassword are the domain administrator's.
	AdminName     = "Administrator@example.com"
	AdminPassword = "Adm1n-secret.9"
)

// Options shape a server.
type Options struct {
	// Cache is a folder in which the packed domain is kept for the next server;
	// "" makes a new domain.
	Cache string
	// Extra are lines added to the [global] section of smb.conf.
	Extra []string
}

// conf renders smb.conf for a server that lives in dir and listens on host: LDAP
// and nothing else, every file inside dir.
func (o Options) conf(dir, host string) string {
	lines := []string{
		"[global]",
		"workgroup = " + domain, "realm = " + realm, "netbios name = DC1",
		"server role = active directory domain controller", "server services = ldap",
		"interfaces = " + host + "/8", "bind interfaces only = yes", "disable netbios = yes",
		"ldap server require strong auth = no", "max log size = 0", "log level = 0",
		fmt.Sprintf("private dir = %s/dc/private", dir), fmt.Sprintf("state directory = %s/dc/state", dir),
		fmt.Sprintf("cache directory = %s/dc/cache", dir), fmt.Sprintf("lock directory = %s/dc", dir),
		fmt.Sprintf("binddns dir = %s/dc/bind-dns", dir), fmt.Sprintf("pid directory = %s/run", dir),
		fmt.Sprintf("ncalrpc dir = %s/run/ncalrpc", dir), fmt.Sprintf("log file = %s/log/samba", dir),
		fmt.Sprintf("tls cafile = %s/ca.pem", dir), fmt.Sprintf("tls certfile = %s/server.pem", dir), fmt.Sprintf("tls keyfile = %s/server.key", dir),
	}
	return strings.Join(append(lines, o.Extra...), "\n") + "\n"
}
