package mysql

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is sent for each change, to each kind of server.
func TestStatements(t *testing.T) {
	ada, eng := id{"a`da", "10.%"}, id{"eng", ""}
	eng8 := id{"eng", "%"}
	pam := Login{Plugin: "pam", Using: `it's\`}
	for _, tt := range []struct {
		maria, mysql     change
		onMaria, onMySQL string
	}{
		{
			createAccount{account: ada}, createAccount{account: ada},
			"CREATE USER `a``da`@`10.%` IDENTIFIED VIA mysql_native_password USING 'invalid' ACCOUNT UNLOCK",
			"CREATE USER `a``da`@`10.%` IDENTIFIED BY RANDOM PASSWORD ACCOUNT UNLOCK",
		},
		{
			createAccount{account: ada, login: pam, locked: true}, createAccount{account: ada, login: pam, locked: true},
			"CREATE USER `a``da`@`10.%` IDENTIFIED VIA pam USING 'it''s\\' ACCOUNT LOCK",
			"CREATE USER `a``da`@`10.%` IDENTIFIED WITH pam AS 'it''s\\' ACCOUNT LOCK",
		},
		{createRole{eng}, createRole{eng8}, "CREATE ROLE `eng`", "CREATE ROLE `eng`@`%`"},
		{setLock{ada, true}, setLock{ada, true}, "ALTER USER `a``da`@`10.%` ACCOUNT LOCK", "ALTER USER `a``da`@`10.%` ACCOUNT LOCK"},
		{setLock{ada, false}, setLock{ada, false}, "ALTER USER `a``da`@`10.%` ACCOUNT UNLOCK", "ALTER USER `a``da`@`10.%` ACCOUNT UNLOCK"},
		{rename{ada, id{"x", "%"}}, rename{ada, id{"x", "%"}}, "RENAME USER `a``da`@`10.%` TO `x`@`%`", "RENAME USER `a``da`@`10.%` TO `x`@`%`"},
		{drop{ada}, drop{ada}, "DROP USER `a``da`@`10.%`", "DROP USER `a``da`@`10.%`"},
		{giveRole{eng, ada}, giveRole{eng8, ada}, "GRANT `eng` TO `a``da`@`10.%`", "GRANT `eng`@`%` TO `a``da`@`10.%`"},
		{takeRole{eng, ada}, takeRole{eng8, ada}, "REVOKE `eng` FROM `a``da`@`10.%`", "REVOKE IF EXISTS `eng`@`%` FROM `a``da`@`10.%`"},
		{
			setActive{ada, []id{eng}}, setActive{ada, []id{eng8, {"ops", "x"}}},
			"SET DEFAULT ROLE `eng` FOR `a``da`@`10.%`", "SET DEFAULT ROLE `eng`@`%`, `ops`@`x` TO `a``da`@`10.%`",
		},
		{setActive{ada, nil}, setActive{ada, nil}, "SET DEFAULT ROLE NONE FOR `a``da`@`10.%`", "SET DEFAULT ROLE NONE TO `a``da`@`10.%`"},
	} {
		if diff := cmp.Diff(tt.onMaria, mariaDB{}.statement(tt.maria)); diff != "" {
			t.Errorf("MariaDB (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(tt.onMySQL, mySQL{forgiving: true}.statement(tt.mysql)); diff != "" {
			t.Errorf("MySQL (-want +got):\n%s", diff)
		}
	}
	if got := (mySQL{}).statement(takeRole{eng8, ada}); got != "REVOKE `eng`@`%` FROM `a``da`@`10.%`" {
		t.Errorf("before 8.0.30: %s", got)
	}
}

func TestWhichServerItIs(t *testing.T) {
	for version, want := range map[string]dialect{
		"10.11.19-MariaDB-0+deb12u1": mariaDB{}, "5.5.5-10.6.12-MariaDB-log": mariaDB{}, "11.4.2-MariaDB": mariaDB{},
		"8.0.16": mySQL{}, "8.0.29-commercial": mySQL{}, "8.0.30": mySQL{forgiving: true}, "8.4.3": mySQL{forgiving: true}, "9.1.0": mySQL{forgiving: true},
		"5.7.44": nil, "10.3.39-MariaDB": nil, "8.0.15": nil, "no number": nil,
	} {
		got, err := dialectOf(version)
		if got != want || (err == nil) != (want != nil) {
			t.Errorf("%s: %#v, %v; want %#v", version, got, err, want)
		}
	}
}

// Ids go through their spelling and back, whatever they hold.
func TestIDs(t *testing.T) {
	for _, i := range []id{{"ada", "%"}, {"o'brien", "10.%"}, {"ada@x", "%"}, {"'ada'@'x'", "%"}, {"''", "'"}, {"", ""}} {
		if got, ok := parseID(i.String()); !ok || got != i {
			t.Errorf("%+v is written %s and read as %+v, %v", i, i, got, ok)
		}
		if got := named(i.name("%"), "%"); got != i {
			t.Errorf("%+v is called %s, which stands for %+v", i, i.name("%"), got)
		}
	}
	for _, text := range []string{"", "ada", "ada@%", "'ada'", "'ada'@", "'ada'@'%", "'ada'@'%'x", "'ada'x'%'"} {
		if got, ok := parseID(text); ok {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// From where an account lets somebody in.
func TestHosts(t *testing.T) {
	for _, tt := range []struct {
		pattern, from string
		want          bool
	}{
		{"%", "10.0.0.7", true}, {"10.0.%", "10.0.0.7", true}, {"10.1.%", "10.0.0.7", false}, {"10.0.0._", "10.0.0.7", true},
		{"localhost", "localhost", true}, {"localhost", "elsewhere", false}, {"127.0.0.1", "10.0.0.7", false},
		{"localhost", "127.0.0.1", true}, {"%.example.com", "db.example.com", true}, {"%.example.com", "db.example.org", false},
		{"%.example.com", "10.0.0.7", true}, {"10.0.0.0/255.0.0.0", "10.0.0.7", true}, {"::1", "::1", true},
	} {
		if got := allows(tt.pattern, tt.from); got != tt.want {
			t.Errorf("%s, from %s: %v", tt.pattern, tt.from, got)
		}
	}
	for host, want := range map[string]string{"10.0.0.7:4000": "10.0.0.7", "localhost": "localhost", "::1:4000": "::1", "[::1]:4000": "::1", "db.example.com:1": "db.example.com"} {
		if got := (connection{host: host}).from(); got != want {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func TestGrantsAreReadForRights(t *testing.T) {
	for _, tt := range []struct {
		d     dialect
		lines []string
		want  rights
	}{
		{mariaDB{}, []string{"GRANT PROCESS, CREATE USER, CONNECTION ADMIN ON *.* TO `hub`@`%` IDENTIFIED BY PASSWORD '*B6'", "GRANT SELECT, UPDATE ON `mysql`.* TO `hub`@`%`", "GRANT `eng` TO `hub`@`%` WITH ADMIN OPTION"},
			rights{users: true, defaults: true, see: true, kill: true}},
		{mariaDB{}, []string{"GRANT ALL PRIVILEGES ON *.* TO `boss`@`%` WITH GRANT OPTION"}, rights{users: true, defaults: true, see: true, kill: true}},
		{mySQL{}, []string{"GRANT CREATE USER ON *.* TO `hub`@`%`", "GRANT CONNECTION_ADMIN,ROLE_ADMIN ON *.* TO `hub`@`%`"}, rights{users: true, defaults: true, roles: true, kill: true}},
		{mySQL{}, []string{"GRANT USAGE ON *.* TO `hub`@`%`", "GRANT SELECT ON `shop`.* TO `hub`@`%`"}, rights{}},
	} {
		global, own := map[string]bool{}, map[string]bool{}
		for _, line := range tt.lines {
			privileges, on := granted(line)
			for _, p := range privileges {
				global[p] = global[p] || on == "*.*"
				own[p] = own[p] || on == "mysql.*"
			}
		}
		if got := tt.d.rights(global, own); got != tt.want {
			t.Errorf("%s: %+v, want %+v", strings.Join(tt.lines, "; "), got, tt.want)
		}
	}
}
