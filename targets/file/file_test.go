package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/targets"
	"birthright/targets/file"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func op(action targets.Action, account, entitlement string) targets.Op {
	kind, id, _ := strings.Cut(entitlement, "/")
	return targets.Op{
		Action: action, Account: targets.Account{Name: account, Active: true},
		Entitlement: identity.Entitlement{Target: "list", Kind: kind, ID: id},
	}
}

func TestFaultyFilesAreNamedByLineAndColumn(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"nothing at all":      {"", "line 1: the header is missing"},
		"no entitlement":      {"account,role\nada,x\n", "line 1, column 1: the header has no column \"entitlement\""},
		"column twice":        {"account,entitlement,Account\n", "line 1, column 21: column \"Account\" is there twice"},
		"empty account":       {"account,entitlement\nada,group/x\n,group/x\n", "line 3, column 1: the account is empty"},
		"no kind":             {"account,entitlement\nada,x\n", "line 2, column 5: entitlement: \"x\" is not KIND/ID"},
		"too few cells":       {"account,entitlement\nada\n", "line 2"},
		"open quote":          {"account,entitlement\n\"ada,group/x\n", "line 2"},
		"not UTF-8":           {"account,entitlement\nada,group/x\nb\xff,group/x\n", "line 3: the text is not UTF-8"},
		"break in an account": {"account,entitlement\n\"a\nb\",group/x\n", "line 2, column 1: account: the text has a control character"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := write(t, c.text)
			target := open(t, path, false)
			_, err := targets.ReadState(t.Context(), target, targets.Query{})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want the path and %q", err, c.want)
			}
			if r := target.Apply(t.Context(), []targets.Op{op(targets.Add, "ada", "group/x")}); r[0].Outcome.OK() {
				t.Errorf("a change to a faulty file: %s", r[0].Outcome)
			}
			if got := read(t, path); got != c.text {
				t.Errorf("the faulty file was changed to %q", got)
			}
		})
	}
}

func TestTheFileIsSortedAndKeepsWhatOthersWrote(t *testing.T) {
	path := write(t, "\ufeffowner,entitlement,account\nz,role/b,zoe\n\"q, \"\"r\"\"\",group/a,adam\n,group/a,adam\n")
	target := open(t, path, false)
	got := target.Apply(t.Context(), []targets.Op{op(targets.Add, "bob", "group/a"), op(targets.CreateAccount, "carl", ""), op(targets.Remove, "zoe", "role/x")})
	var outcomes []targets.Outcome
	for _, r := range got {
		outcomes = append(outcomes, r.Outcome)
	}
	if diff := cmp.Diff([]targets.Outcome{targets.Done, targets.Done, targets.Already}, outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	want := "owner,entitlement,account\n\"q, \"\"r\"\"\",group/a,adam\n,group/a,adam\n,group/a,bob\n,,carl\nz,role/b,zoe\n"
	if diff := cmp.Diff(want, read(t, path)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func TestNothingToChangeLeavesTheFileAlone(t *testing.T) {
	path := write(t, "account,entitlement\nzoe,group/a\nadam,group/a\n")
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	open(t, path, false).Apply(t.Context(), []targets.Op{op(targets.Add, "zoe", "group/a")})
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) {
		t.Error("the file was replaced without a change")
	}
}

func TestFormulasAreGuardedReversibly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.csv")
	target := open(t, path, true, targets.Mapping{To: "name", From: identity.AttrDisplayName})
	values := []string{`=HYPERLINK("x")`, "+1", "-2", "@me", "'quoted'", "'=x", "''", "plain"}
	for _, v := range values {
		create := op(targets.CreateAccount, v, "")
		create.Account.Attributes = identity.Attributes{identity.AttrDisplayName: {v}}
		if r := target.Apply(t.Context(), []targets.Op{create}); r[0].Outcome != targets.Done {
			t.Fatalf("%q: %v", v, r[0].Err)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(read(t, path)), "\n")[1:] {
		if strings.ContainsRune("=+-@", rune(strings.TrimLeft(line, `"`)[0])) {
			t.Errorf("a spreadsheet would calculate %s", line)
		}
	}
	state, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range state.Accounts {
		if a.Attributes.First(identity.AttrDisplayName) != a.Name {
			t.Errorf("%q reads back with the name %q", a.Name, a.Attributes.First(identity.AttrDisplayName))
		}
	}
	if len(state.Accounts) != len(values) {
		t.Errorf("%d accounts, want %d", len(state.Accounts), len(values))
	}
}

func TestRowsThatDisagreeAreSeenAndMended(t *testing.T) {
	path := write(t, "account,entitlement,name\nada,group/a,Ada\nada,group/b,Adah\n")
	target := open(t, path, false, targets.Mapping{To: "name", From: identity.AttrDisplayName})
	state, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Ada", "Adah"}, state.Accounts[0].Attributes[identity.AttrDisplayName]); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	update := op(targets.UpdateAccount, "ada", "")
	update.Account.Attributes = identity.Attributes{identity.AttrDisplayName: {"Ada"}}
	target.Apply(t.Context(), []targets.Op{update})
	if want := "account,entitlement,name\nada,group/a,Ada\nada,group/b,Ada\n"; read(t, path) != want {
		t.Errorf("file %q, want %q", read(t, path), want)
	}
}

func TestAMissingFileIsEmptyAndAMissingFolderIsAnError(t *testing.T) {
	dir := t.TempDir()
	if s, err := targets.ReadState(t.Context(), open(t, filepath.Join(dir, "new.csv"), false), targets.Query{}); err != nil || len(s.Accounts) != 0 {
		t.Errorf("a file that is not there yet: %d accounts, error %v", len(s.Accounts), err)
	}
	for _, path := range []string{"nowhere/new.csv", "dangling.csv"} {
		if err := os.Symlink(filepath.Join(dir, "gone", "x.csv"), filepath.Join(dir, "dangling.csv")); err != nil && !errors.Is(err, os.ErrExist) {
			t.Fatal(err)
		}
		if _, err := targets.ReadState(t.Context(), open(t, filepath.Join(dir, path), false), targets.Query{}); err == nil {
			t.Errorf("%s reads as empty", path)
		}
	}
}

func TestASymbolicLinkStaysOne(t *testing.T) {
	real := write(t, "account,entitlement\n")
	link := filepath.Join(t.TempDir(), "link.csv")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	open(t, link, false).Apply(t.Context(), []targets.Op{op(targets.Add, "ada", "group/a")})
	if want := "account,entitlement\nada,group/a\n"; read(t, real) != want {
		t.Errorf("behind the link: %q, want %q", read(t, real), want)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
}

func TestModeIsAsConfigured(t *testing.T) {
	var c file.Config
	if _, faults := strictyaml.Decode("x.yaml", []byte("path: a.csv\nmode: 0640\n"), &c); len(faults) > 0 {
		t.Fatal(faults)
	}
	dir := t.TempDir()
	target, err := c.Open(targets.Env{Name: "list", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	target.Apply(t.Context(), []targets.Op{op(targets.Add, "ada", "group/a")})
	info, err := os.Stat(filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o640 {
		t.Errorf("mode %o, want 640", info.Mode())
	}
}

func TestConfigFaults(t *testing.T) {
	var c file.Config
	if _, faults := strictyaml.Decode("x.yaml", []byte("mode: 999\nformat: xls\n"), &c); len(faults) != 1 {
		t.Errorf("faults %v, want one about the mode", faults)
	}
	if faults := (&file.Config{Format: "xls", Mode: 0o400}).Validate(); len(faults) != 3 {
		t.Errorf("faults %v, want three", faults)
	}
	for _, column := range []string{"account", "Entitlement", ""} {
		_, err := (&file.Config{Path: "a.csv"}).Open(targets.Env{Name: "list", Map: []targets.Mapping{{To: column, From: "email"}}})
		if identity.KindOf(err) != identity.Invalid {
			t.Errorf("column %q: error %v, want one of kind invalid", column, err)
		}
	}
}
