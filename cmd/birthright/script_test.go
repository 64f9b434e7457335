package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts plays the stories of testdata/script: each is a person at a shell
// with the real program.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "json": jsonAt, "swap": swapText, "people": people, "sqlite": sqliteExec, "await": await, "holds": holds,
			"rota": rota, "let": let, "until": untilPrinted, "request": request, "keypair": keypair, "assertion": assertion, "peer": peer,
		},
		Setup: func(env *testscript.Env) error {
			port, err := freePort()
			env.Setenv("PORT", port)
			examples, absErr := filepath.Abs("../../examples")
			env.Setenv("EXAMPLES", examples)
			return errors.Join(err, absErr)
		},
		RequireExplicitExec: true,
	})
}

// freePort finds a port that nobody listens on right now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// exits CODE COMMAND… runs a command that must end with that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	code := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// json PATH [REGEXP] looks a value up in the last output: runs.0.changes.0.id.
// The length of a list or object is PATH.len.
func jsonAt(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: json PATH [REGEXP]")
	}
	var value any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &value); err != nil {
		ts.Fatalf("standard output is no JSON: %v", err)
	}
	text, found := lookUp(value, strings.Split(args[0], "."))
	if found && len(args) == 2 {
		found = regexp.MustCompile(`^(?:` + args[1] + `)$`).MatchString(text)
	}
	if found == neg {
		ts.Fatalf("%s is %s", args[0], text)
	}
}

func lookUp(value any, path []string) (string, bool) {
	for _, step := range path {
		switch v := value.(type) {
		case map[string]any:
			if step == "len" {
				value = len(v)
				continue
			}
			inner, ok := v[step]
			if !ok {
				return "not there", false
			}
			value = inner
		case []any:
			if step == "len" {
				value = len(v)
				continue
			}
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return "not there", false
			}
			value = v[i]
		default:
			return "not there", false
		}
	}
	if text, ok := value.(string); ok {
		return text, true
	}
	encoded, err := json.Marshal(value)
	return string(encoded), err == nil
}

// swap FILE OLD NEW replaces text, which must be there.
func swapText(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: swap FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	from, to := strings.ReplaceAll(args[1], `\n`, "\n"), strings.ReplaceAll(args[2], `\n`, "\n")
	if !strings.Contains(text, from) {
		ts.Fatalf("%s does not have %q", args[0], from)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, from, to, 1)), 0o600))
}

// people FILE FIRST LAST writes a CSV file with so many engineers.
func people(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: people FILE FIRST LAST")
	}
	first, err := strconv.Atoi(args[1])
	ts.Check(err)
	last, err := strconv.Atoi(args[2])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("employeeNumber,userName,email,department\n")
	for i := first; i <= last; i++ {
		fmt.Fprintf(&b, "%04d,p%04d,p%04d@example.com,Engineering\n", i, i, i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// rota FILE PERSON START END … writes shifts in the schedule primary; START and END
// are durations from now.
func rota(ts *testscript.TestScript, _ bool, args []string) {
	if len(args)%3 != 1 {
		ts.Fatalf("usage: rota FILE PERSON START END …")
	}
	var b strings.Builder
	b.WriteString("kind,name,person,start,end\n")
	now := time.Now().UTC()
	for i := 1; i < len(args); i += 3 {
		start, err := time.ParseDuration(args[i+1])
		ts.Check(err)
		end, err := time.ParseDuration(args[i+2])
		ts.Check(err)
		fmt.Fprintf(&b, "shift,primary,%s,%s,%s\n", args[i], now.Add(start).Format(time.RFC3339Nano), now.Add(end).Format(time.RFC3339Nano))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// sqlite FILE STATEMENT changes a database behind the program's back.
func sqliteExec(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sqlite FILE STATEMENT")
	}
	ts.Check(execSQLite(ts.MkAbs(args[0]), args[1]))
}

// patience is how long a script waits for a process.
const scriptPatience = 20 * time.Second

// await URL waits for a server to answer 200.
func await(ts *testscript.TestScript, _ bool, args []string) {
	eventually(ts, func() error {
		resp, err := http.Get(args[0])
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return nil
	})
}

// holds FILE REGEXP waits for a file to have a text; ! holds for it to be gone.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	pattern := regexp.MustCompile(args[1])
	eventually(ts, func() error {
		data, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && pattern.Match(data) == neg {
			err = fmt.Errorf("%q in %s is %t:\n%s", args[1], args[0], neg, data)
		}
		return err
	})
}

// until REGEXP COMMAND… runs a command again and again until it prints a text.
func untilPrinted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP COMMAND…")
	}
	pattern := regexp.MustCompile("(?m)" + args[0])
	eventually(ts, func() error {
		if err := ts.Exec(args[1], args[2:]...); err != nil {
			return err
		}
		if out := ts.ReadFile("stdout"); !pattern.MatchString(out) {
			return fmt.Errorf("%q is not in\n%s", args[0], out)
		}
		return nil
	})
}

func eventually(ts *testscript.TestScript, try func() error) {
	deadline := time.After(scriptPatience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			ts.Fatalf("%v", err)
		}
	}
}
