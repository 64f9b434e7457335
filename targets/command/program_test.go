package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/targets/targettest"
)

// folder is the variable that makes the test program the command that is tested.
const folder = "COMMAND_TEST_DIR"

// TestMain is the command where it was started as that.
func TestMain(m *testing.M) {
	if dir := os.Getenv(folder); dir != "" {
		os.Exit(play(dir, os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// orders are what a test wants of the program, in a file.
type orders struct {
	Abilities handoff.Abilities
	NoState   bool
	Slow      []string
	Now       time.Time
	Planted   []fault
}

// fault is trouble for the runs that it matches: Writes, Reads or, with neither, all.
type fault struct {
	Trouble       targettest.Trouble
	Writes, Reads bool
	After, Times  int
	Seen          int
}

func (f *fault) hits(writes bool) bool {
	if f.Writes && !writes || f.Reads && writes {
		return false
	}
	f.Seen++
	n := f.Seen - f.After
	return n > 0 && (f.Times == 0 || n <= f.Times)
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func writeJSON(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// play is one run of the program: the reference receiver over lines, in trouble where
// it was told to be.
func play(dir string, in io.Reader, out io.Writer) int {
	input, err := io.ReadAll(in)
	if err != nil {
		return 1
	}
	var o orders
	if err := readJSON(filepath.Join(dir, "orders"), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	writes := bytes.Contains(input, []byte(`"apply":`))
	var trouble targettest.Trouble
	for i := range o.Planted {
		if trouble == "" && o.Planted[i].hits(writes) {
			trouble = o.Planted[i].Trouble
		}
	}
	if err := writeJSON(filepath.Join(dir, "orders"), o); err != nil {
		return 1
	}
	if code, ended := before(trouble, writes, input, out, dir); ended {
		return code
	}
	var answer bytes.Buffer
	if err := serve(dir, o, bytes.NewReader(input), &answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	switch trouble {
	case targettest.LostReply:
		return 1
	case targettest.CutAnswer:
		_, _ = out.Write(answer.Bytes()[:answer.Len()/2])
		return 1
	}
	if bytes.Contains(input, []byte(`"state":`)) {
		_ = os.WriteFile(filepath.Join(dir, "page"), answer.Bytes(), 0o600)
	}
	_, _ = out.Write(answer.Bytes())
	return 0
}

// before is the trouble that keeps the work from being done.
func before(trouble targettest.Trouble, writes bool, input []byte, out io.Writer, dir string) (code int, ended bool) {
	outcome, wait := "", 0
	switch trouble {
	case targettest.ThrottledUntil:
		outcome, wait = handoff.Throttled, 2
	case targettest.Throttled:
		outcome = handoff.Throttled
	case targettest.Denied:
		outcome = handoff.Refused
	case targettest.Unavailable:
		return tryLater, true
	case targettest.Broken, targettest.CutBefore:
		return 1, true
	case targettest.Webpage:
		fmt.Fprintln(out, "<html>please sign in</html>")
		return 0, true
	case targettest.PageAgain:
		page, err := os.ReadFile(filepath.Join(dir, "page"))
		if err != nil || !bytes.Contains(input, []byte(`"cursor":`)) {
			return 0, false
		}
		_, _ = out.Write(page)
		return 0, true
	default:
		return 0, false
	}
	if !writes {
		return tryLater, true
	}
	enc := json.NewEncoder(out)
	for text := range strings.SplitSeq(strings.TrimSpace(string(input)), "\n") {
		var call handoff.Call
		_ = json.Unmarshal([]byte(text), &call)
		_ = enc.Encode(handoff.Result{Version: 1, Key: call.Apply.Key, Outcome: outcome, RetryAfter: wait})
	}
	return 0, true
}

// load makes the receiver of what the folder holds.
func load(dir string, o orders) *receiver.Receiver {
	r := receiver.New(receiver.Options{
		Name: "program", Abilities: o.Abilities, NoState: o.NoState, Slow: o.Slow, Takes: time.Hour, Page: 3, Now: func() time.Time { return o.Now },
	})
	_ = readJSON(filepath.Join(dir, "memory"), r.Memory()) // nothing yet is nothing
	return r
}

func serve(dir string, o orders, in io.Reader, out io.Writer) error {
	r := load(dir, o)
	if err := r.Lines(in, out); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, "memory"), r.Memory())
}
