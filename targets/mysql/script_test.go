package mysql

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"birthright/targets"

	protocol "github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
)

// script is a connection to a server that answers as MySQL 8 documents it; there is no
// such server among Debian's packages.
type script struct {
	mu      sync.Mutex
	answers map[string][][]driver.Value // by a text that the question holds
	fails   map[string]uint16           // by how a statement begins
	sent    []string                    // what was to change something
	asked   []string
}

func (s *script) Connect(context.Context) (driver.Conn, error) { return s, nil }
func (s *script) Driver() driver.Driver                        { return nil }
func (s *script) Prepare(string) (driver.Stmt, error)          { return nil, driver.ErrSkip }
func (s *script) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (s *script) Close() error                                 { return nil }

func (s *script) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, query)
	for begin, number := range s.fails {
		if strings.HasPrefix(query, begin) {
			return nil, &protocol.MySQLError{Number: number, Message: "as told"}
		}
	}
	return driver.ResultNoRows, nil
}

func (s *script) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, fmt.Sprint(query, len(args)))
	for part, rows := range s.answers {
		if strings.Contains(query, part) {
			return &rowsOf{rows: rows}, nil
		}
	}
	return nil, fmt.Errorf("no answer to %s", query)
}

type rowsOf struct{ rows [][]driver.Value }

func (a *rowsOf) Columns() []string {
	if len(a.rows) == 0 {
		return []string{"", "", "", "", "", ""}
	}
	return make([]string, len(a.rows[0]))
}
func (a *rowsOf) Close() error { return nil }

func (a *rowsOf) Next(into []driver.Value) error {
	if len(a.rows) == 0 {
		return io.EOF
	}
	copy(into, a.rows[0])
	a.rows = a.rows[1:]
	return nil
}

func mysql8() *script {
	return &script{answers: map[string][][]driver.Value{
		"VERSION()":           {{"8.4.3", "hub@%", int64(0)}},
		"FROM mysql.user u":   {{"ada", "%", int64(0), int64(1), int64(0), ""}, {"eng", "%", int64(1), int64(1), int64(0), ""}, {"ops", "10.%", int64(1), int64(1), int64(0), ""}, {"boss", "%", int64(0), int64(0), int64(1), ""}},
		"SELECT FROM_USER":    {{"eng", "%", "ada", "%", int64(0)}, {"ops", "10.%", "eng", "%", int64(0)}},
		"mysql.default_roles": {{"eng", "%", "ada", "%"}},
		"SHOW GRANTS":         {{"GRANT CREATE USER, PROCESS ON *.* TO `hub`@`%`"}, {"GRANT CONNECTION_ADMIN,ROLE_ADMIN ON *.* TO `hub`@`%`"}},
	}, fails: map[string]uint16{}}
}

func scripted(t *testing.T, s *script) ending {
	t.Helper()
	target := over(t, nil)
	target.server = poolOf(target.Target, s)
	t.Cleanup(func() { target.Close() })
	return target
}

func TestReadingFromMySQL(t *testing.T) {
	s := mysql8()
	target := scripted(t, s)
	got, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, a := range got.Accounts {
		seen = append(seen, fmt.Sprint(a.Name, " ", a.Active))
	}
	for _, e := range got.Entitlements {
		seen = append(seen, e.Address.String())
	}
	for _, a := range got.Assignments {
		seen = append(seen, fmt.Sprint(a.AccountID, " ", a.Entitlement.ID, " ", a.Indirect))
	}
	want := []string{"ada false", "boss true", "db:role/'ops'@'10.%'", "db:role/eng", "'ada'@'%' 'ops'@'10.%' true", "'ada'@'%' eng false"}
	slices.Sort(seen[2:4])
	slices.Sort(seen[4:])
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("what is seen (-want +got):\n%s", diff)
	}
	if _, err := targets.ReadState(t.Context(), target, targets.Query{Accounts: []targets.Account{{Name: "ada"}}}); err != nil {
		t.Fatal(err)
	}
	for _, q := range s.asked[len(s.asked)-3:] {
		if !strings.Contains(q, "IN (?) AND") || !strings.HasSuffix(q, "2") {
			t.Errorf("for one account it asks %s", q)
		}
	}
	report, err := target.Probe(t.Context())
	for _, f := range report.Findings {
		if !f.OK {
			t.Errorf("%s: %s", f.Check, f.Detail)
		}
	}
	if err != nil || report.Version != "MySQL 8.4.3" {
		t.Errorf("report %+v, %v", report, err)
	}
}

// What is sent to MySQL, and what its own answers mean.
func TestChangingMySQL(t *testing.T) {
	ada, eng := targets.Account{ID: "'ada'@'%'"}, targets.Op{}.Entitlement
	eng.Target, eng.Kind, eng.ID = "db", "role", "eng"
	other := eng
	other.ID = "'ops'@'10.%'"
	gone := eng
	gone.ID = "gone"
	s := mysql8()
	target := scripted(t, s)
	for _, tt := range []struct {
		op    targets.Op
		fails map[string]uint16
		want  targets.Outcome
		sent  []string
	}{
		{op: targets.Op{Action: targets.Add, Account: ada, Entitlement: eng}, want: targets.Already},
		{op: targets.Op{Action: targets.Add, Account: ada, Entitlement: gone}, want: targets.Stale},
		{op: targets.Op{Action: targets.Add, Account: ada, Entitlement: other}, fails: map[string]uint16{"GRANT": unknownAuthID}, want: targets.Stale, sent: []string{"GRANT `ops`@`10.%` TO `ada`@`%`"}},
		{op: targets.Op{Action: targets.Add, Account: ada, Entitlement: other}, want: targets.Unknown, // the script does not show it afterwards
			sent: []string{"GRANT `ops`@`10.%` TO `ada`@`%`", "SET DEFAULT ROLE `eng`@`%`, `ops`@`10.%` TO `ada`@`%`"}},
		{op: targets.Op{Action: targets.Remove, Account: ada, Entitlement: other}, want: targets.Refused},
		{op: targets.Op{Action: targets.Remove, Account: ada, Entitlement: eng}, fails: map[string]uint16{"REVOKE": 1227}, want: targets.Refused, sent: []string{"REVOKE IF EXISTS `eng`@`%` FROM `ada`@`%`"}},
		{op: targets.Op{Action: targets.Remove, Account: ada, Entitlement: eng}, fails: map[string]uint16{"SET": 1227}, want: targets.Unknown, // again
			sent: []string{"REVOKE IF EXISTS `eng`@`%` FROM `ada`@`%`", "SET DEFAULT ROLE NONE TO `ada`@`%`"}},
		{op: targets.Op{Action: targets.EnableAccount, Account: ada}, fails: map[string]uint16{"ALTER": 1205}, want: targets.Throttled, sent: []string{"ALTER USER `ada`@`%` ACCOUNT UNLOCK"}},
		{op: targets.Op{Action: targets.DisableAccount, Account: ada}, want: targets.Already},
		{op: targets.Op{Action: targets.DisableAccount, Account: targets.Account{Name: "boss"}}, want: targets.Refused},
		{op: targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: strings.Repeat("x", 33)}}, want: targets.Refused},
		{op: targets.Op{Action: targets.CreateEntitlement, Entitlement: gone}, fails: map[string]uint16{"CREATE": userOperation}, want: targets.Stale, sent: []string{"CREATE ROLE `gone`@`%`"}},
	} {
		s.sent, s.fails = nil, tt.fails
		if got := target.Apply(t.Context(), []targets.Op{tt.op})[0]; got.Outcome != tt.want {
			t.Errorf("%s %s: %s: %v, want %s", tt.op.Action, tt.op.Object(), got.Outcome, got.Err, tt.want)
		}
		if diff := cmp.Diff(tt.sent, s.sent); diff != "" {
			t.Errorf("%s %s, what is sent (-want +got):\n%s", tt.op.Action, tt.op.Object(), diff)
		}
	}
}
