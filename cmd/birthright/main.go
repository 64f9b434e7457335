// Command birthright is the identity sync and provisioning hub: one binary that
// takes in people, decides who gets what, brings targets up to it and proves
// what it did. Each subcommand is a thin file of its own: flags in, exit code out.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Environ())
	stop()
	os.Exit(code)
}
