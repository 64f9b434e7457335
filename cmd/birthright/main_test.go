package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary a birthright of its own: scripts run it as a
// real process under that name.
func TestMain(m *testing.M) {
	testscript.Main(cleaning{m}, map[string]func(){"birthright": main})
}

// cleaning runs the tests and takes away what they share.
type cleaning struct{ m *testing.M }

func (c cleaning) Run() int {
	defer func() {
		if dir := sharedHub.dir; dir != "" {
			_ = os.RemoveAll(dir)
		}
	}()
	return c.m.Run()
}

// sharedHub is a hub as `init`, `import` and `sync` leave it, made once.
var sharedHub struct {
	once sync.Once
	dir  string
	err  error
}

// newHub copies the shared hub into a folder of the test's own.
func newHub(t *testing.T) string {
	t.Helper()
	sharedHub.once.Do(func() { sharedHub.dir, sharedHub.err = makeHub() })
	if sharedHub.err != nil {
		t.Fatal(sharedHub.err)
	}
	dir := filepath.Join(t.TempDir(), "hub")
	if err := os.CopyFS(dir, os.DirFS(sharedHub.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func makeHub() (string, error) {
	dir, err := os.MkdirTemp("", "birthright-hub-*")
	if err != nil {
		return "", err
	}
	for _, command := range []string{"init " + dir, "import", "sync", "token create --source people"} {
		if got := runIn(dir, nil, strings.Fields(command)...); got.code != exitDone {
			return dir, fmt.Errorf("birthright %s: exit %d: %s", command, got.code, got.stderr)
		}
	}
	return dir, nil
}

// result is what a command line came to.
type result struct {
	code           int
	stdout, stderr string
}

// runIn carries out one command line in this process, with the configuration of
// dir.
func runIn(dir string, env []string, args ...string) result {
	env = append([]string{"BIRTHRIGHT_CONFIG=" + filepath.Join(dir, "birthright.yaml")}, env...)
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, streams{in: strings.NewReader(""), out: &stdout, err: &stderr}, env)
	return result{code, stdout.String(), stderr.String()}
}
