package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/secret"
	"birthright/targets"
)

var (
	eng  = identity.Entitlement{Target: "t", Kind: "role", ID: "eng"}
	give = targets.Op{Action: targets.Add, Account: targets.Account{Name: "ada", Active: true}, Entitlement: eng}
)

// script makes a target of a shell script, which the shell reads from a file: the hub
// itself knows no shell.
func script(t *testing.T, text string, change func(*Config)) (*handoff.Target, *rig) {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), log: new(journal)}
	path := filepath.Join(r.dir, "script")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	made := newScript(t, r, []string{"/bin/sh", path}, change)
	return made, r
}

func one(t *testing.T, target targets.Target, op targets.Op) targets.Result {
	t.Helper()
	return target.Apply(t.Context(), []targets.Op{op})[0]
}

// answers echoes the key of each call with an outcome.
const answers = `while read -r line; do
  key=${line#*'"key":"'}; key=${key%%'"'*}
  echo "{\"version\":1,\"key\":\"$key\",\"outcome\":\"done\"}"
done
`

// How it ends says what became of what it did not answer.
func TestExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		want    targets.Outcome
		because identity.Kind
		says    string
	}{
		"answered":                 {answers, targets.Done, "", ""},
		"answered, then it failed": {answers + "exit 3", targets.Done, "", ""},
		"cannot now":               {"exit 75", targets.Unreachable, identity.Unavailable, "exit code 75"},
		"failed":                   {"exit 1", targets.Unknown, identity.Unavailable, "exit status 1"},
		"ended without an answer":  {"true", targets.Unknown, identity.Unavailable, "without an answer"},
		"half a line":              {`printf '{"version":1,"key"'`, targets.Unknown, identity.Unavailable, "without an answer"},
		"no JSON":                  {"echo hello", targets.Unknown, identity.Unavailable, "not JSON"},
		"to something else":        {`echo '{"version":1,"key":"x","outcome":"done"}'`, targets.Unknown, identity.Unavailable, "not to this request"},
		"too much":                 {"while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", targets.Unknown, identity.Unavailable, ""},
		"killed":                   {"kill -9 $$", targets.Unknown, identity.Unavailable, "signal: killed"},
	} {
		t.Run(name, func(t *testing.T) {
			target, _ := script(t, c.text, func(c *Config) { c.MaxOutput = 4000 })
			r := one(t, target, give)
			if r.Outcome != c.want || identity.KindOf(r.Err) != c.because || !strings.Contains(fmt.Sprint(r.Err), c.says) {
				t.Errorf("%s (%s): %v", r.Outcome, identity.KindOf(r.Err), r.Err)
			}
		})
	}
}

// What cannot be run did nothing, and waiting does not help.
func TestNotThere(t *testing.T) {
	r := &rig{t: t, dir: t.TempDir(), log: new(journal)}
	for _, argv := range [][]string{{"./nothing"}, {"no-such-program-anywhere"}} {
		target := newScript(t, r, argv, nil)
		if got := one(t, target, give); got.Outcome != targets.Refused || identity.KindOf(got.Err) != identity.Invalid {
			t.Errorf("%q: %+v", argv, got)
		}
		if _, err := target.Probe(t.Context()); identity.KindOf(err) != identity.Invalid {
			t.Errorf("%q: probe: %v", argv, err)
		}
	}
}

// What takes too long is ended with all that it started, and so is what a stopping hub
// has running.
func TestEndedWithItsChildren(t *testing.T) {
	for name, ctx := range map[string]func(*testing.T) context.Context{
		"its time is over": func(t *testing.T) context.Context { return t.Context() },
		"the hub stops": func(t *testing.T) context.Context {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			t.Cleanup(cancel)
			return ctx
		},
	} {
		t.Run(name, func(t *testing.T) {
			target, r := script(t, "mkfifo pipe\n(read -r x <pipe; echo alive >child) &\necho begun >begun\nread -r y <pipe\n", func(c *Config) {
				c.Timeout = 500 * time.Millisecond
			})
			begun := time.Now()
			got := target.Apply(ctx(t), []targets.Op{give})[0]
			if got.Outcome != targets.Unknown || !strings.Contains(got.Err.Error(), "it was ended") {
				t.Errorf("%+v", got)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			// Whoever opens the pipe for writing without waiting finds no reader any more.
			pipe := filepath.Join(r.dir, "pipe")
			if file, err := os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
				_ = file.Close()
				t.Error("its child reads on")
			}
			if _, err := os.Stat(filepath.Join(r.dir, "child")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("its child went on: %v", err)
			}
		})
	}
}

// It gets what it is given of our environment and nothing else; what is secret of it
// is in no log.
func TestEnvironment(t *testing.T) {
	t.Setenv("HUB_SECRET", "not-for-everybody")
	t.Setenv("GIVEN", "yes")
	target, r := script(t, `echo "[$HUB_SECRET] [$GIVEN] [$TOKEN] $(pwd)" >&2; env >env; printf '%s\n' "$*" >args; `+answers, func(c *Config) {
		c.Env = []string{"GIVEN", "ABSENT"}
		c.Variables = []Variable{{"TOKEN", secret.Value(canary)}}
		c.Command = append(c.Command, "$(touch bad)", "; touch worse", "a b")
	})
	if got := one(t, target, give); got.Outcome != targets.Done {
		t.Fatalf("%+v", got)
	}
	if said := r.log.String(); !strings.Contains(said, "[] [yes] [[secret]]") || strings.Contains(said, canary) {
		t.Errorf("log: %s", said)
	}
	env, err := os.ReadFile(filepath.Join(r.dir, "env"))
	if err != nil || strings.Contains(string(env), "HUB_SECRET") || !strings.Contains(string(env), "TOKEN="+canary) {
		t.Errorf("environment: %v\n%s", err, env)
	}
	args, err := os.ReadFile(filepath.Join(r.dir, "args"))
	if err != nil || string(args) != "$(touch bad) ; touch worse a b\n" {
		t.Errorf("arguments: %v %q", err, args)
	}
	for _, name := range []string{"bad", "worse"} {
		if _, err := os.Stat(filepath.Join(r.dir, name)); err == nil {
			t.Errorf("a shell saw the arguments: %s is there", name)
		}
	}
}

// A read that did not end well is no read, whatever was printed before.
func TestReadThatFails(t *testing.T) {
	page := `echo '{"version":1,"complete":true}'`
	for text, whole := range map[string]bool{page: true, page + "; exit 1": false, page + "; exit 75": false, page + "; " + page: false, "echo '{}'": false, "true": false} {
		target, _ := script(t, text, nil)
		_, err := targets.ReadState(t.Context(), target, targets.Query{})
		if (err == nil) != whole || err != nil && identity.KindOf(err) == identity.Internal {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestPending(t *testing.T) {
	r := newRig(t, Config{State: true, Abilities: handoff.Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}}, "role")
	held := func() int {
		s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return len(s.Assignments)
	}
	for range 2 {
		if got := one(t, r.target, give); got.Outcome != targets.Pending || held() != 0 {
			t.Fatalf("%+v", got)
		}
	}
	r.order(func(o *orders) { o.Now = o.Now.Add(2 * time.Hour) })
	if got := one(t, r.target, give); !got.Outcome.OK() || held() != 1 {
		t.Fatalf("%+v, %d held", got, held())
	}
}

func TestValidate(t *testing.T) {
	good := []string{"/bin/true"}
	for want, c := range map[string]Config{
		"command is missing":             {State: true},
		`env[0]: "A=B" is not the name`:  {Command: good, State: true, Env: []string{"A=B"}},
		"variables[0]: a variable needs": {Command: good, State: true, Variables: []Variable{{Name: "A"}}},
		"batch: -1":                      {Command: good, State: true, Batch: -1},
		"timeout: -1s is negative":       {Command: good, State: true, Timeout: -time.Second},
		"ledger is missing":              {Command: good, Abilities: handoff.Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}},
		`actions[0]: "dance" is none`:    {Command: good, State: true, Abilities: handoff.Abilities{Actions: []string{"dance"}}},
	} {
		if err := errors.Join(c.Validate()...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if err := errors.Join((&Config{Command: good, State: true}).Validate()...); err != nil {
		t.Error(err)
	}
}
