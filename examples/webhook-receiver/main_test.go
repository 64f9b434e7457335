package main

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/targettest"
	"birthright/targets/webhook"
)

const key = "canary-whichever"

var entitlement = identity.Entitlement{Target: "t", Kind: "role", ID: "eng"}

// started runs the receiver on a free port until the test ends, or stop is called.
func started(t testing.TB, file string, args ...string) (url string, stop func()) {
	t.Helper()
	read, write := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{"-listen", "127.0.0.1:0", "-file", file, "-page", "3"}, args...), write)
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
	}
	t.Cleanup(stop)
	return strings.TrimSpace(strings.TrimPrefix(line, "listening on ")), stop
}

func target(t testing.TB, url string, change func(*webhook.Config)) targets.Target {
	t.Helper()
	c := &webhook.Config{
		Secret: secret.Value(key), State: true, PageSize: 3,
		Abilities: handoff.Abilities{
			Actions: []string{"create-account", "update-account", "disable-account", "delete-account", "create-entitlement"}, Ends: true,
		},
	}
	c.URL = url
	if change != nil {
		change(c)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	made, err := c.Open(targets.Env{Name: "t", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = made.(targets.Closer).Close() })
	return made
}

// The contract, over a real socket and with a real file.
func TestContract(t *testing.T) {
	t.Setenv("RECEIVER_SECRET", key)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		url, _ := started(t, filepath.Join(t.TempDir(), "access.json"))
		return targettest.Peer{Target: target(t, url, nil), Page: 3, Batch: 3}
	}})
}

// What it said yes to is there when it comes up again; and a secret can be replaced
// while requests go on.
func TestRestartAndRotation(t *testing.T) {
	t.Setenv("RECEIVER_SECRET", key)
	file := filepath.Join(t.TempDir(), "access.json")
	url, stop := started(t, file)
	ops := []targets.Op{
		{Action: targets.CreateAccount, Account: targets.Account{Name: "ada", Active: true}},
		{Action: targets.CreateEntitlement, Entitlement: entitlement},
		{Action: targets.Add, Account: targets.Account{Name: "ada"}, Entitlement: entitlement},
	}
	for i, r := range target(t, url, nil).Apply(t.Context(), ops) {
		if r.Outcome != targets.Done {
			t.Fatalf("op %d: %+v", i, r)
		}
	}
	stop()
	t.Setenv("RECEIVER_SECRET", "the next one")
	url, _ = started(t, file)
	held := func(current, previous string) (int, error) {
		s, err := targets.ReadState(t.Context(), target(t, url, func(c *webhook.Config) {
			c.Secret = secret.Value(current)
			if previous != "" {
				c.PreviousSecret = secret.Value(previous)
			}
		}), targets.Query{})
		return len(s.Assignments), err
	}
	if _, err := held(key, ""); err == nil || !strings.Contains(err.Error(), "compare the secrets") {
		t.Errorf("a secret that is no longer good: %v", err)
	}
	if n, err := held(key, "the next one"); err != nil || n != 1 {
		t.Errorf("signed with both: %d assignments, %v", n, err)
	}
	t.Setenv("RECEIVER_SECRET_BEFORE", key)
	if n, err := held(key, ""); err != nil || n != 1 {
		t.Errorf("the receiver knows both: %d assignments, %v", n, err)
	}
}
