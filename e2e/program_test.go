package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The exit codes of the contract.
const (
	exitDone    = 0
	exitFailed  = 1
	exitPart    = 3
	exitHeld    = 4
	exitChanges = 5
)

// commandTimeout is longer than any command should take on a busy machine.
const commandTimeout = 60 * time.Second

// hub is a folder with birthright.yaml and what belongs to it.
type hub struct {
	dir string
	env []string // on top of PATH and HOME
}

// write puts a file into the hub's folder.
func (h *hub) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// outcome is what a command came to.
type outcome struct {
	line           string
	code           int // -1 where the process was killed
	stdout, stderr string
}

// command prepares one command line without starting it.
func (h *hub) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, shared.program, args...)
	cmd.Dir = h.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir}, h.env...)
	cmd.SysProcAttr = tied()
	return cmd
}

// run carries out one command line to its end.
func (h *hub) run(t *testing.T, args ...string) outcome {
	t.Helper()
	return h.runWith(t, func(*exec.Cmd) {}, args...)
}

// runWith is run with a hand on the process: started hears of it once it runs.
func (h *hub) runWith(t *testing.T, started func(*exec.Cmd), args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandTimeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := h.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	started(cmd)
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("birthright %s: %v", strings.Join(args, " "), err)
	}
	if ctx.Err() != nil {
		t.Fatalf("birthright %s did not end within %v: %s", strings.Join(args, " "), commandTimeout, stderr.String())
	}
	return outcome{strings.Join(args, " "), cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// must runs a command line that has to end with exit code want.
func (h *hub) must(t *testing.T, want int, line string) outcome {
	t.Helper()
	got := h.run(t, strings.Fields(line)...)
	if got.code != want {
		t.Fatalf("birthright %s: exit %d, want %d\n%s\n%s", line, got.code, want, brief(got.stderr), brief(got.stdout))
	}
	return got
}

// mustJSON is must for a command that prints JSON.
func (h *hub) mustJSON(t *testing.T, want int, line string, into any) outcome {
	t.Helper()
	got := h.must(t, want, line+" --output json")
	if err := json.Unmarshal([]byte(got.stdout), into); err != nil {
		t.Fatalf("birthright %s: %v in %s", line, err, brief(got.stdout))
	}
	return got
}

// brief shortens output for a message.
func brief(text string) string {
	const most = 4000
	if len(text) <= most {
		return text
	}
	return text[:most/2] + "\n…\n" + text[len(text)-most/2:]
}

// runs is what plan and sync print.
type runs struct {
	Runs []struct {
		Target   string
		Complete bool
		Error    string
		Changes  []struct{ ID, Action, Account, Entitlement, Outcome, Error string }
		Held     []struct{ ID, Reason, Action, Account, Entitlement string }
		Drift    []struct{ Kind, Account, Entitlement string }
	}
}

// count returns the numbers of changes, held steps and drift in all runs.
func (r runs) count() (changes, held, drift int) {
	for _, run := range r.Runs {
		changes, held, drift = changes+len(run.Changes), held+len(run.Held), drift+len(run.Drift)
	}
	return changes, held, drift
}

// drifted lists the drift of one target as "kind account entitlement", sorted.
func (r runs) drifted(target string) []string {
	var out []string
	for _, run := range r.Runs {
		for _, d := range run.Drift {
			if run.Target == target {
				out = append(out, strings.TrimSpace(d.Kind+" "+d.Account+" "+d.Entitlement))
			}
		}
	}
	slices.Sort(out)
	return out
}
