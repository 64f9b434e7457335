// Command webhook-receiver is a receiver of Birthright's webhook protocol that holds what it is told to hold, in
// one JSON file. Put your own system where the file is: see README.md.
//
//	RECEIVER_SECRET=… go run ./examples/webhook-receiver -listen 127.0.0.1:8480 -file access.json
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "webhook-receiver:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, and says where.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("webhook-receiver", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8480", "where to listen")
	file := flags.String("file", "access.json", "where to keep who has what")
	slow := flags.String("slow", "", "kinds of entitlement that somebody has to look at first, with commas between them")
	takes := flags.Duration("takes", time.Minute, "how long that takes")
	page := flags.Int("page", 100, "how much is listed at once")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r, err := open(*file, receiver.Options{
		Name: "example receiver", Page: *page, Takes: *takes, Slow: strings.FieldsFunc(*slow, func(c rune) bool { return c == ',' }),
		Abilities: handoff.Abilities{
			Actions: []string{"create-account", "update-account", "disable-account", "delete-account", "create-entitlement"},
			Ends:    true,
		},
		Secrets: secrets, Now: time.Now,
	})
	if err != nil {
		return err
	}
	socket, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "listening on http://%s\n", socket.Addr())
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// secrets are the ones that requests may be signed with: two while one follows the
// other.
func secrets() ([]string, error) {
	var out []string
	for _, name := range []string{"RECEIVER_SECRET", "RECEIVER_SECRET_BEFORE"} {
		if s := os.Getenv(name); s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("RECEIVER_SECRET is not set, so nobody is believed")
	}
	return out, nil
}

// open makes a receiver that keeps what it holds in a file, before it says so.
func open(path string, o receiver.Options) (*receiver.Receiver, error) {
	o.Save = func(m *receiver.Memory) error {
		data, err := json.MarshalIndent(m, "", " ")
		if err == nil {
			err = os.WriteFile(path+".new", data, 0o600)
		}
		if err == nil {
			err = os.Rename(path+".new", path)
		}
		return err
	}
	r := receiver.New(o)
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err == nil:
		err = json.Unmarshal(data, r.Memory())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
