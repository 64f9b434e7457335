// Package optest starts a real OpenID Connect provider for tests: the program in the
// folder provider, a module of its own, built with the ordinary build cache.
//
// What a real provider never does wrong, tests say with a forged one; this one is there
// so that the hub is held against somebody else's reading of the standard.
package optest

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Settings are what the provider is to be like. Every person's password is their name.
type Settings struct {
	ClientID, Secret string
	// Callback and Home are where people are sent back to, after a login and a logout.
	Callback, Home string
	People         []Person
}

// Person can log in at the provider.
type Person struct {
	Name, Mail string
	Verified   bool // the mail
	Groups     []string
}

// Provider is a provider that runs until the test ends, or Stop.
type Provider struct {
	Issuer string
	stop   func()
	ended  bool
}

// Start builds the provider, and runs it on a free port of this machine.
func Start(t testing.TB, s Settings) *Provider {
	t.Helper()
	program := build(t)
	line, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Stderr = os.Stderr
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Provider{stop: func() {
		_ = in.Close() // the program ends with it
		_ = cmd.Wait() // and says that its listener was closed
	}}
	t.Cleanup(p.Stop)
	if _, err := io.WriteString(in, string(line)+"\n"); err != nil {
		t.Fatal(err)
	}
	issuer, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the provider did not start: ", err)
	}
	p.Issuer = strings.TrimSpace(issuer)
	return p
}

// Stop ends the provider.
func (p *Provider) Stop() {
	if !p.ended {
		p.ended = true
		p.stop()
	}
}

// build returns the program, as the build cache has it or anew.
func build(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	program := filepath.Join(t.TempDir(), "provider")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Dir = filepath.Join(filepath.Dir(here), "provider")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=readonly")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the provider: %v\n%s", err, said)
	}
	return program
}
