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
	"strings"
	"unicode/utf8"
)

//go:embed tester.py
var testerScript string

// check is what scim2-tester says of one check.
type check struct{ Status, Resource, Title, Reason string }

// testDoor runs scim2-tester against `birthright serve`, as a source that is read
// leniently and as one that is held to the RFCs.
func testDoor(ctx context.Context, w *world, out io.Writer) (verdict string, err error) {
	address, err := freeAddress()
	if err != nil {
		return "", err
	}
	h := &hub{program: w.program, dir: filepath.Join(w.dir, "hub-door")}
	if err := os.Mkdir(h.dir, 0o700); err != nil {
		return "", err
	}
	settings := fmt.Sprintf("server: {listen: %q}\nsources: [{name: auto, kind: scim}, {name: rfc, kind: scim, profile: rfc}]\n", address)
	if err := os.WriteFile(filepath.Join(h.dir, "birthright.yaml"), []byte(settings), 0o600); err != nil {
		return "", err
	}
	serving, err := startServer(ctx, h.dir, "serve", "http://"+address+"/healthz", w.program, "serve")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, serving.stop()) }()
	for _, profile := range []string{"auto", "rfc"} {
		checks, err := w.testAs(ctx, h, profile, "http://"+address+"/scim/v2")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(out, "  profile %s:\n", profile)
		if verdict, err = judge(checks, out); err != nil {
			return "", fmt.Errorf("profile %s: %w", profile, err)
		}
	}
	return verdict + ", in either profile", nil
}

// testAs runs the tester with a token of source.
func (w *world) testAs(ctx context.Context, h *hub, source, base string) (checks []check, err error) {
	var token struct{ Token string }
	if err := h.run(ctx, &token, "token", "create", "--source", source); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, w.python, "-", base)
	var printed, faults bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(testerScript), &printed, &faults
	cmd.Env = append(os.Environ(), "PEER_TOKEN="+token.Token)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("scim2-tester: %w: %s", err, faults.String())
	}
	return checks, json.Unmarshal(printed.Bytes(), &checks)
}

// judge prints the table. Any complaint is a failure: a tester that is excused once
// is not believed the next time.
func judge(checks []check, out io.Writer) (string, error) {
	passed, skipped, failures := 0, 0, []string{}
	titles, counts := []string{}, map[string]map[string]int{}
	for _, c := range checks {
		title := strings.TrimSpace(c.Resource + " " + c.Title)
		if counts[title] == nil {
			titles, counts[title] = append(titles, title), map[string]int{}
		}
		switch {
		case c.passed():
			passed++
			counts[title]["passed"]++
		case c.Status == "SKIPPED":
			skipped++
			counts[title]["skipped"]++
		default:
			failures = append(failures, title+": "+firstLine(c.Reason))
			counts[title]["failed"]++
		}
	}
	for _, title := range titles {
		fmt.Fprintf(out, "  %-42s", title)
		for _, outcome := range []string{"passed", "skipped", "failed"} {
			if n := counts[title][outcome]; n > 0 {
				fmt.Fprintf(out, " %3d %s", n, outcome)
			}
		}
		fmt.Fprintln(out)
	}
	if passed == 0 {
		return "", errors.New("no check passed: the tester could not even begin")
	}
	if len(failures) > 0 {
		return "", fmt.Errorf("%d checks fail:\n  %s", len(failures), strings.Join(failures, "\n  "))
	}
	return fmt.Sprintf("%d of %d checks passed, %d skipped by the tester, no complaint", passed, len(checks), skipped), nil
}

func (c check) passed() bool {
	switch c.Status {
	case "SUCCESS", "COMPLIANT", "ACCEPTABLE":
		return true
	}
	return false
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
