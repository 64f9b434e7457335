package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// patience bounds the whole program: a peer that hangs must not hang the build.
const patience = 6 * time.Minute

func main() {
	python := flag.String("python", "", "the Python that has the packages of requirements.txt")
	scimmy := flag.String("scimmy", "", "the script of the application made of scimmy-routers, beside its packages")
	program := flag.String("birthright", "", "the program to hold against the peers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, patience)
	err := run(ctx, *python, *scimmy, *program, os.Stdout)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// peer is one comparison. It tells what it does on out and returns the sentence
// for its last line.
type peer struct {
	name string
	run  func(ctx context.Context, w *world, out io.Writer) (string, error)
}

// world is what all peers share.
type world struct {
	python, scimmy, program string
	dir                     string
}

// run goes through all peers, also after one that failed.
func run(ctx context.Context, python, scimmy, program string, out io.Writer) (err error) {
	w := &world{}
	if w.python, err = filepath.Abs(python); err != nil {
		return err
	}
	if w.scimmy, err = filepath.Abs(scimmy); err != nil {
		return err
	}
	if w.program, err = filepath.Abs(program); err != nil {
		return err
	}
	if w.dir, err = os.MkdirTemp("", "birthright-peers-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(w.dir)) }()
	failed := 0
	peers := []peer{
		{"scim2-server, a SCIM application", fillApp},
		{"scimmy-routers, a SCIM application that has members twice", fillScimmy},
		{"ldap3 on slapd, an LDAP directory", fillTree},
		{"moto, an AWS", fillCloud},
		{"scim2-tester, a SCIM conformance tester", testDoor},
	}
	for _, p := range peers {
		fmt.Fprintf(out, "\n%s\n", p.name)
		began := time.Now()
		verdict, err := p.run(ctx, w, out)
		took := time.Since(began).Round(100 * time.Millisecond)
		if err != nil {
			failed++
			fmt.Fprintf(out, "FAILED  %s, after %s: %v\n", p.name, took, err)
			continue
		}
		fmt.Fprintf(out, "ok      %s: %s, in %s\n", p.name, verdict, took)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d peers do not agree with the hub", failed, len(peers))
	}
	return nil
}
