package mysql

// mySQL is MySQL from 8.0.16 on. A role is an account that nobody can log in to, and
// nothing but that tells it from others.
type mySQL struct {
	// forgiving is true where REVOKE understands IF EXISTS, from 8.0.30 on.
	forgiving bool
}

func (mySQL) product() string       { return "MySQL" }
func (mySQL) roleHost() string      { return "%" }
func (mySQL) longest() int          { return 32 }
func (mySQL) severalDefaults() bool { return true }

// isRole is the condition that a row u of mysql.user is a role: as CREATE ROLE leaves
// it, locked, without a password and with that expired; or locked, without a password
// and given to somebody.
const isRole = "(u.account_locked = 'Y' AND COALESCE(u.authentication_string, '') = '' AND (u.password_expired = 'Y' OR " +
	"EXISTS (SELECT 1 FROM mysql.role_edges e WHERE e.FROM_USER = u.User AND e.FROM_HOST = u.Host)))"

func (mySQL) principals(of *scope) (string, []any) {
	query := "SELECT u.User, u.Host, " + isRole + ", u.account_locked = 'Y', (u.Super_priv = 'Y' OR " +
		"EXISTS (SELECT 1 FROM mysql.global_grants g WHERE g.USER = u.User AND g.HOST = u.Host AND g.PRIV = 'SYSTEM_USER')), '' FROM mysql.user u"
	return limited(query, isRole, "u.User", "u.Host", of)
}

func (mySQL) grants(of *scope) (string, []any) {
	return limited("SELECT FROM_USER, FROM_HOST, TO_USER, TO_HOST, WITH_ADMIN_OPTION = 'Y' FROM mysql.role_edges",
		"(TO_USER, TO_HOST) IN (SELECT FROM_USER, FROM_HOST FROM mysql.role_edges)", "TO_USER", "TO_HOST", of)
}

func (mySQL) defaults(of *scope) (string, []any) {
	return limited("SELECT DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST, USER, HOST FROM mysql.default_roles", "FALSE", "USER", "HOST", of)
}

func (d mySQL) statement(c change) string {
	switch c := c.(type) {
	case createAccount:
		// The password is told in the answer, which nobody looks at.
		with := "BY RANDOM PASSWORD"
		if c.login.Plugin != "" {
			with = "WITH " + c.login.Plugin
			if c.login.Using != "" {
				with += " AS " + literal(c.login.Using)
			}
		}
		return "CREATE USER " + c.account.quoted() + " IDENTIFIED " + with + locking(c.locked)
	case setActive:
		return "SET DEFAULT ROLE " + listed(c.roles) + " TO " + c.account.quoted()
	case takeRole:
		if d.forgiving {
			return "REVOKE IF EXISTS " + c.role.quoted() + " FROM " + c.account.quoted()
		}
	}
	return common(c)
}

func (mySQL) rights(global, own map[string]bool) rights {
	all := global["ALL PRIVILEGES"]
	users := all || global["CREATE USER"]
	return rights{
		users:    users,
		defaults: users || global["UPDATE"] || own["ALL PRIVILEGES"] || own["UPDATE"],
		roles:    all || global["ROLE_ADMIN"] || global["SUPER"],
		see:      all || global["PROCESS"],
		kill:     all || global["SUPER"] || global["CONNECTION_ADMIN"],
	}
}
