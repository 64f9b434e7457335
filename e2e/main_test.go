package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"birthright/internal/pgtest"
)

// shared is what all tests use: the program under test, built once, and a
// PostgreSQL server that starts when the first test asks for a database.
var shared = struct {
	program  string
	postgres *pgtest.Server
}{postgres: pgtest.New(nil)}

// sideBySide is how many tests run at a time, whatever the number of processors:
// they wait for servers, retries and leases more than they work.
const sideBySide = "6"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", sideBySide); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (int, error) {
	defer shared.postgres.Stop()
	dir, err := os.MkdirTemp("", "birthright-e2e-*")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	shared.program = filepath.Join(dir, "birthright")
	build := exec.Command("go", "build", "-o", shared.program, "birthright/cmd/birthright")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the program: %w: %s", err, out)
	}
	return m.Run(), nil
}
