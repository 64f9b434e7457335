package main

import "testing"

func TestBadConfiguration(t *testing.T) {
	t.Parallel()
	for _, b := range []bad{
		{name: "no file", edits: edits(remove("birthright.yaml")), args: "plan", code: 2, want: `read configuration: birthright.yaml: there is no such file \(make one with .birthright init., or name one with --config\)`},
		{name: "no file of that name", args: "plan --config HUB/birthrigth.yaml", code: 2, want: `read configuration: birthrigth.yaml: there is no such file \(.*\)`},
		{name: "a folder", args: "plan --config HUB/policies", code: 2, want: `.*policies.*`},
		{name: "empty file", edits: edits(write("birthright.yaml", "")), args: "import", code: 2, want: `6 faults:(\n  policies/company.yaml:\d+:\d+: access to "handout:list/[a-z]+": no target "handout" is configured){6}`},
		{name: "not YAML", edits: edits(write("birthright.yaml", "server: [")), args: "plan", code: 2, want: `birthright.yaml:1:\d+: .*`},
		{name: "binary", edits: edits(write("birthright.yaml", "\x00\x01\xff")), args: "plan", code: 2, want: `birthright.yaml.*: .*`},
		{name: "unknown key", edits: edits(swap("database:", "databse:")), args: "plan", code: 2, want: `birthright.yaml:8:1: unknown key "databse"; did you mean "database"\?`},
		{name: "unknown key of a source", edits: edits(swap("    key: employeeNumber", "    kee: employeeNumber")), args: "import", code: 2, want: `birthright.yaml:\d+:5: unknown key "kee"; did you mean "key"\?`},
		{name: "wrong type", edits: edits(swap("max_removals: 500 ", "max_removals: lots ")), args: "sync", code: 2, want: `birthright.yaml:16:19: sync.guard.max_removals: expected a whole number, found the text "lots"`},
		{name: "list instead of text", edits: edits(swap(`url: "sqlite:birthright.db"`, "url: [a]")), args: "plan", code: 2, want: `birthright.yaml:9:8: .*`},
		{name: "several faults", edits: edits(swap("server:", "sever:"), swap("max_removals: 500 ", "max_removals: -1 "), swap("kind: file ", "kind: fil ")), args: "plan", code: 2, want: `3 faults:\n  birthright.yaml:4:1: .*\n  birthright.yaml:16:19: .*\n  birthright.yaml:23:11: .*`},
		{name: "two sources of one name", edits: edits(swap("# Systems that", "  - {name: x}\n# Systems that"), swap("correlate:", "  - {name: people, kind: scim}\ncorrelate:")), args: "import", code: 2, want: `(?s).*"people".*`},
		{name: "two targets of one name", edits: edits(swap("  # - name: app", "  - {name: handout, kind: file, path: other.csv}\n  # - name: app")), args: "sync", code: 2, want: `birthright.yaml:\d+:12: targets\[1\].name: .*handout.*`},
		{name: "unknown kind of source", edits: edits(source("  - {name: people, kind: ldpa}\n")), args: "import", code: 2, want: `birthright.yaml:\d+:26: sources\[0\].kind: unknown kind "ldpa"; did you mean "ldap"\?`},
		{name: "unknown kind of target", edits: edits(target("  - {name: handout, kind: mainframe}\n")), args: "sync", code: 2, want: `birthright.yaml:\d+:27: targets\[0\].kind: unknown kind "mainframe"; the kinds are ad, aws, command, entra, file, .*, webhook`},
		{name: "bad schedule", edits: edits(swap("*/15 * * * *", "sometimes")), args: "serve", code: 2, want: `birthright.yaml:14:13: sync.schedule: .*`},
		{name: "bad duration", edits: edits(source("  - {name: corp, kind: ldap, url: \"ldap://127.0.0.1\", users: {base_dn: dc=x}, timeout: soon}\n")), args: "import", code: 2, want: `birthright.yaml:\d+:\d+: .*timeout.*`},
		{name: "percent over 100", edits: edits(swap("max_missing_percent: 10 ", "max_missing_percent: 110 ")), args: "import", code: 2, want: `birthright.yaml:18:26: sync.guard.max_missing_percent: 110 is not a percentage from 0 to 100`},
		{name: "bad listen address", edits: edits(swap("listen: 127.0.0.1:8080 ", "listen: localhost ")), args: "serve", code: 2, want: `birthright.yaml:5:11: server.listen: "localhost" is not an address to listen on: .*`},
		{name: "address of somebody else", edits: edits(swap("listen: 127.0.0.1:8080 ", "listen: 192.0.2.1:80 ")), args: "serve", code: 2, want: `listen on 192.0.2.1:80: .* \(choose another address with server.listen\)`},
		{name: "certificate missing", edits: edits(swap("  public_url:", "  tls: {cert: none.pem, key: none.key}\n  public_url:")), args: "serve", code: 2, want: `.*none.pem.*`},
		{name: "certificate is none", edits: edits(swap("  public_url:", "  tls: {cert: people.csv, key: people.csv}\n  public_url:")), args: "serve", code: 2, want: `.*people.csv.*`},
		{name: "correlate by an attribute twice", edits: edits(swap("  - [email]", "  - [email, email]")), args: "import", code: 2, want: `birthright.yaml:\d+:\d+: correlate.*`},
		{name: "authority of an unknown source", edits: edits(swap("# Systems that", "authority: [{attributes: [team], sources: [hr]}]\n# Systems that")), args: "import", code: 2, want: `birthright.yaml:\d+:\d+: authority\[0\].sources\[0\].*"hr".*`},
		{name: "policies that are not there", edits: edits(swap("policies/*.yaml", "polices/*.yaml")), args: "plan", code: 2, want: `birthright.yaml:11:12: policies\[0\]: no file matches "polices/\*.yaml".*`},
		{name: "map that is no map", edits: edits(swap("    key: employeeNumber", "    map: [{to: team}]")), args: "import", code: 2, want: `birthright.yaml:\d+:\d+: sources\[0\].map\[0\].*`},
		{name: "database of no kind", edits: edits(swap("sqlite:birthright.db", "mysql://x/y")), args: "plan", code: 2, want: `birthright.yaml:9:8: database.url: expected sqlite:PATH or postgres://USER@HOST/DATABASE, found another scheme`},
		{name: "unknown variable", env: []string{"BIRTHRIGHT_DATABSE_URL=x"}, args: "plan", code: 2, want: `.*BIRTHRIGHT_DATABSE_URL.*`},
		{name: "variable of wrong type", env: []string{"BIRTHRIGHT_SYNC_GUARD_MAX_REMOVALS=few"}, args: "sync", code: 2, want: `.*BIRTHRIGHT_SYNC_GUARD_MAX_REMOVALS.*`},
		{name: "file kind without path", edits: edits(target("  - {name: handout, kind: file}\n")), args: "sync", code: 2, want: `birthright.yaml:\d+:\d+: targets\[0\].path: .*`},
		{name: "LDAP without encryption", edits: edits(source("  - {name: corp, kind: ldap, url: \"ldap://ldap.example.com\", users: {base_dn: dc=x}}\n")), args: "import", code: 2, want: `birthright.yaml:\d+:\d+: sources\[0\].url is .*plain text.*`},
		{name: "broken filter", edits: edits(source("  - {name: corp, kind: ldap, url: \"ldaps://localhost\", users: {base_dn: dc=x, filter: \"(uid=*\"}}\n")), args: "import", code: 2, want: `birthright.yaml:\d+:\d+: sources\[0\].users.filter is .*`},
		{name: "secret in no variable", edits: edits(source("  - {name: corp, kind: ldap, url: \"ldap://127.0.0.1:9\", bind_dn: cn=x, bind_password: \"env:NO_SUCH_SECRET\", users: {base_dn: dc=x}}\n")), args: "import", code: 2, noted: true, want: `.*NO_SUCH_SECRET.*`},
		{name: "secret in no file", edits: edits(source("  - {name: corp, kind: ldap, url: \"ldap://127.0.0.1:9\", bind_dn: cn=x, bind_password: \"file:none.txt\", users: {base_dn: dc=x}}\n")), args: "import", code: 2, noted: true, want: `.*none.txt.*`},
		{name: "secret from a command that fails", edits: edits(swap("sqlite:birthright.db", "exec:false")), args: "import", code: 2, want: `.*exec:false.*`},
		{name: "secret that is empty", edits: edits(write("empty.txt", ""), source("  - {name: corp, kind: ldap, url: \"ldap://127.0.0.1:9\", bind_dn: cn=x, bind_password: \"file:empty.txt\", users: {base_dn: dc=x}}\n")), args: "import", code: 2, noted: true, want: `.*empty.txt.*`},
		{name: "secret of the database", edits: edits(swap("sqlite:birthright.db", "file:db-url.txt")), args: "plan", code: 2, want: `.*db-url.txt.*`},
		{name: "secret of a target", edits: edits(target("  - {name: app, kind: scim, url: \"http://127.0.0.1:9\", token: \"env:NO_SUCH_TOKEN\"}\n"), rule(`    access: ["handout:list/mail", "handout:list/intranet"]`, "    access: []"), rule(`    access: ["handout:list/code", "handout:list/tickets"]`, ""), rule(`    access: ["handout:list/production"]`, ""), rule(`  - {match: "team-*", access: ["handout:list/{name}"]}`, "  []")), args: "sync", code: 2, noted: true, want: `.*NO_SUCH_TOKEN.*`},
	} {
		t.Run(b.name, b.try)
	}
}

func TestBadDatabase(t *testing.T) {
	t.Parallel()
	for _, b := range []bad{
		{name: "not a database", edits: edits(write("birthright.db", "people,who\nare,not\nSQLite,pages\n")), args: "user list", code: 2, want: `open the database: birthright.db: the file is not a SQLite database \(correct database.url, or move the file away\)`},
		{name: "a folder", edits: edits(remove("birthright.db"), folder("birthright.db")), args: "import", code: 2, want: `open the database: birthright.db: .*is a directory \(correct database.url\)`},
		{name: "in no folder", edits: edits(swap("sqlite:birthright.db", "sqlite:none/birthright.db")), args: "import", code: 2, want: `open the database: none/birthright.db: its folder is not there \(make the folder, or correct database.url\)`},
		{name: "below a file", edits: edits(swap("sqlite:birthright.db", "sqlite:people.csv/birthright.db")), args: "import", code: 2, want: `open the database: people.csv/birthright.db: .*`},
		{name: "damaged", edits: edits(func(t *testing.T, dir string) { damage(t, dir) }), args: "user list", code: 1, want: `.*damaged.*`},
		{name: "newer", edits: edits(statement("INSERT INTO birthright_migrations (version_id, is_applied) VALUES (999, 1)")), args: "sync", code: 2, want: `open the database: its schema is newer than the program: version 999, known is \d+ \(upgrade the program, .*\)`},
		{name: "newer, migrated", edits: edits(statement("INSERT INTO birthright_migrations (version_id, is_applied) VALUES (999, 1)")), args: "migrate up", code: 2, want: `open the database: its schema is newer .*`},
		{name: "newer, status", edits: edits(statement("INSERT INTO birthright_migrations (version_id, is_applied) VALUES (999, 1)")), args: "migrate status", code: 2, want: `open the database: its schema is newer .*`},
		{name: "of another program", edits: edits(remove("birthright.db"), statement("CREATE TABLE moz_places (url TEXT)")), args: "import", code: 2, want: `open the database: the file is another program's: it has tables, and none of Birthright's \(correct database.url; nothing was changed\)`},
		{name: "status of none", edits: edits(remove("birthright.db")), args: "migrate status", code: 1, want: `open the database: birthright.db: the file is not there \(run .birthright migrate up. to make it, or correct database.url\)`},
		{name: "no server", edits: edits(swap("sqlite:birthright.db", "postgres://hub@127.0.0.1:9/hub")), args: "plan", code: 1, want: `open the database hub on 127.0.0.1: .*refused.* \(start PostgreSQL there, or correct database.url\)`},
		{name: "no host", edits: edits(swap("sqlite:birthright.db", "postgres://hub@no-such-host.invalid/hub")), args: "plan", code: 1, want: `open the database hub on no-such-host.invalid: .* \(start PostgreSQL there, or correct database.url\)`},
		{name: "server without TLS", edits: edits(swap("sqlite:birthright.db", "postgres://hub@127.0.0.1:9/hub?sslmode=sometimes")), args: "plan", code: 2, want: `open the database: its address is not a PostgreSQL URL \(.*\)`},
	} {
		t.Run(b.name, b.try)
	}
}
