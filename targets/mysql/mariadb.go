package mysql

// mariaDB is MariaDB from 10.4 on. A role is a user without a host; whether an account
// is locked stands in a JSON document only.
type mariaDB struct{}

func (mariaDB) product() string       { return "MariaDB" }
func (mariaDB) roleHost() string      { return "" }
func (mariaDB) longest() int          { return 128 }
func (mariaDB) severalDefaults() bool { return false }

// superBit is the privilege SUPER in MariaDB's own tables.
const superBit = "32768"

func (mariaDB) principals(of *scope) (string, []any) {
	isTrue := func(key string) string { return "COALESCE(JSON_VALUE(Priv, '$." + key + "'), '0') IN ('1', 'true')" }
	query := "SELECT User, Host, " + isTrue("is_role") + ", " + isTrue("account_locked") +
		", (CAST(COALESCE(JSON_VALUE(Priv, '$.access'), '0') AS UNSIGNED) & " + superBit + ") <> 0" +
		", COALESCE(JSON_VALUE(Priv, '$.default_role'), '') FROM mysql.global_priv"
	return limited(query, "Host = ''", "User", "Host", of)
}

func (mariaDB) grants(of *scope) (string, []any) {
	return limited("SELECT Role, '', User, Host, Admin_option = 'Y' FROM mysql.roles_mapping", "Host = ''", "User", "Host", of)
}

func (mariaDB) defaults(*scope) (string, []any) { return "", nil }

func (mariaDB) statement(c change) string {
	switch c := c.(type) {
	case createAccount:
		// With `invalid` in place of a hash no password fits.
		via := "mysql_native_password USING 'invalid'"
		if c.login.Plugin != "" {
			via = c.login.Plugin
			if c.login.Using != "" {
				via += " USING " + literal(c.login.Using)
			}
		}
		return "CREATE USER " + c.account.quoted() + " IDENTIFIED VIA " + via + locking(c.locked)
	case setActive:
		return "SET DEFAULT ROLE " + listed(c.roles) + " FOR " + c.account.quoted()
	}
	return common(c)
}

func (mariaDB) rights(global, own map[string]bool) rights {
	all := global["ALL PRIVILEGES"]
	return rights{
		users:    all || global["CREATE USER"],
		defaults: all || global["UPDATE"] || own["ALL PRIVILEGES"] || own["UPDATE"],
		see:      all || global["PROCESS"],
		kill:     all || global["SUPER"] || global["CONNECTION ADMIN"],
	}
}
