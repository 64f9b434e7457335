package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"
)

//go:embed tester.py
var testerScript string

// check is what scim2-tester says of one check.
type check struct{ Status, Resource, Title, Reason string }

// exception is a complaint of the tester that is known, with why it stands.
type exception struct {
	resource, titles, reason *regexp.Regexp
	why                      string
}

func known(resource, titles, reason, why string) exception {
	return exception{regexp.MustCompile("^(" + resource + ")$"), regexp.MustCompile("^(" + titles + ")$"), regexp.MustCompile(reason), why}
}

// exceptions are what the hub does otherwise than the tester expects. The list
// may only get shorter.
var exceptions = []exception{
	known("User", ".*", `(start|end)Date is "[0-9a-f-]{36}": write a date`,
		"the tester writes random text into startDate and endDate, which our schema calls a string; the hub wants a date there, since who has access depends on it"),
	known("Group", "check_(add|replace)_attribute", `^Attribute 'members' was not (added|replaced)`,
		"the tester writes a random display name for a member; the hub answers with the member's own name"),
}

// testDoor runs scim2-tester against `birthright serve`.
func testDoor(ctx context.Context, w *world, out io.Writer) (_ string, err error) {
	address, err := freeAddress()
	if err != nil {
		return "", err
	}
	h := &hub{program: w.program, dir: filepath.Join(w.dir, "hub-door")}
	if err := os.Mkdir(h.dir, 0o700); err != nil {
		return "", err
	}
	settings := fmt.Sprintf("server: {listen: %q}\nsources: [{name: tester, kind: scim}]\n", address)
	if err := os.WriteFile(filepath.Join(h.dir, "birthright.yaml"), []byte(settings), 0o600); err != nil {
		return "", err
	}
	serving, err := startServer(ctx, h.dir, "serve", "http://"+address+"/healthz", w.program, "serve")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, serving.stop()) }()
	var token struct{ Token string }
	if err := h.run(ctx, &token, "token", "create", "--source", "tester"); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, w.python, "-", "http://"+address+"/scim/v2")
	var printed, faults bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(testerScript), &printed, &faults
	cmd.Env = append(os.Environ(), "PEER_TOKEN="+token.Token)
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("scim2-tester: %w: %s", err, faults.String())
	}
	var checks []check
	if err := json.Unmarshal(printed.Bytes(), &checks); err != nil {
		return "", err
	}
	return judge(checks, out)
}

// judge prints the table and tells complaints that are known from others.
func judge(checks []check, out io.Writer) (string, error) {
	passed, skipped, excused, new := 0, 0, make([]int, len(exceptions)), []string{}
	titles, counts := []string{}, map[string]map[string]int{}
	for _, c := range checks {
		title := strings.TrimSpace(c.Resource + " " + c.Title)
		if counts[title] == nil {
			titles, counts[title] = append(titles, title), map[string]int{}
		}
		switch n := c.excuse(); {
		case c.passed():
			passed++
			counts[title]["passed"]++
		case c.Status == "SKIPPED":
			skipped++
			counts[title]["skipped"]++
		case n >= 0:
			excused[n]++
			counts[title]["known"]++
		default:
			new = append(new, title+": "+firstLine(c.Reason))
			counts[title]["failed"]++
		}
	}
	for _, title := range titles {
		fmt.Fprintf(out, "  %-42s", title)
		for _, outcome := range []string{"passed", "skipped", "known", "failed"} {
			if n := counts[title][outcome]; n > 0 {
				fmt.Fprintf(out, " %3d %s", n, outcome)
			}
		}
		fmt.Fprintln(out)
	}
	for i, n := range excused {
		if n == 0 {
			fmt.Fprintf(out, "  not needed any more, take it out: %s\n", exceptions[i].why)
		} else {
			fmt.Fprintf(out, "  known, %d times: %s\n", n, exceptions[i].why)
		}
	}
	if passed == 0 {
		return "", errors.New("no check passed: the tester could not even begin")
	}
	if len(new) > 0 {
		return "", fmt.Errorf("%d checks fail that passed before:\n  %s", len(new), strings.Join(new, "\n  "))
	}
	known := len(checks) - passed - skipped
	return fmt.Sprintf("%d of %d checks passed, %d skipped by the tester, %d known complaints, no other", passed, len(checks), skipped, known), nil
}

func (c check) passed() bool {
	switch c.Status {
	case "SUCCESS", "COMPLIANT", "ACCEPTABLE":
		return true
	}
	return false
}

// excuse is the index of the exception that covers the complaint, -1 for none.
func (c check) excuse() int {
	for i, e := range exceptions {
		if e.resource.MatchString(c.Resource) && e.titles.MatchString(c.Title) && e.reason.MatchString(c.Reason) {
			return i
		}
	}
	return -1
}

// firstLine is the beginning of a text that may be very long.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	const most = 200
	if len(line) <= most {
		return line
	}
	cut := most
	for !utf8.RuneStart(line[cut]) {
		cut--
	}
	return line[:cut] + "…"
}
