package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/client"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/internal/ids"
)

// The ways in which a command reaches the hub: by the database on this machine, or by
// the API of a running one. Each command says by its interface what it needs.
type (
	// directory is what the commands about people ask.
	directory interface {
		Users(ctx context.Context, a approval.Actor, q hub.UserQuery) (hub.Page[hub.User], error)
		User(ctx context.Context, a approval.Actor, name string) (hub.User, error)
	}

	// office is a hub that commands work with.
	office struct {
		Hub interface{ directory }
		// App is the program behind it, nil where it is reached by its API.
		App *app.App
	}
)

// knowsServer marks the commands that also work through a running hub.
const knowsServer = "server"

// reaching marks a command, and those below it, as one that knows --server.
func reaching(cmd *cobra.Command) *cobra.Command {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[knowsServer] = "yes"
	for _, below := range cmd.Commands() {
		reaching(below)
	}
	return cmd
}

// through opens the hub, here or at --server, and runs do for whoever acts.
func (p *program) through(do func(ctx context.Context, o office, actor approval.Actor, args []string) error, checks ...check) func(*cobra.Command, []string) error {
	here := p.asking(func(ctx context.Context, a *app.App, actor approval.Actor, args []string) error {
		return do(ctx, office{Hub: a.Hub, App: a}, actor, args)
	}, checks...)
	return func(cmd *cobra.Command, args []string) error {
		address := p.serverAddress()
		if address == "" {
			return here(cmd, args)
		}
		token, err := p.token()
		if err != nil {
			return err
		}
		c, err := client.New(address, token, ids.New)
		if err != nil {
			return err
		}
		elsewhere := &app.App{Options: app.Options{Now: time.Now}} // what it is configured with, only the hub knows
		for _, check := range checks {
			if err := check(elsewhere, args); err != nil {
				return err
			}
		}
		return do(cmd.Context(), office{Hub: client.Hub{Client: c}}, approval.Actor{}, args)
	}
}

// serverAddress is the hub to talk to, "" for the database here.
func (p *program) serverAddress() string {
	if p.server != "" {
		return p.server
	}
	return p.variable("BIRTHRIGHT_SERVER")
}

// token is what is shown to that hub.
func (p *program) token() (string, error) {
	if p.tokenFile == "" {
		return p.variable("BIRTHRIGHT_TOKEN"), nil
	}
	text, err := os.ReadFile(p.tokenFile)
	if err != nil {
		return "", usageError{errors.New("--token-file: " + err.Error())}
	}
	return strings.TrimSpace(string(text)), nil
}

// variable is a variable of the environment.
func (p *program) variable(name string) string {
	for _, v := range p.env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// checkServer refuses --server where it would mean nothing, and what only makes sense
// with a database: somebody who thinks to ask a server must not change what is here.
func (p *program) checkServer(cmd *cobra.Command) error {
	given := cmd.Flag("server") != nil && cmd.Flag("server").Changed
	switch {
	case given && p.server == "":
		return misused(cmd, "--server is empty: which hub?")
	case cmd.Flag("token-file") != nil && cmd.Flag("token-file").Changed && p.serverAddress() == "":
		return misused(cmd, "--token-file goes with --server")
	case p.serverAddress() != "" && cmd.Annotations[knowsServer] != "" && p.as != "":
		return misused(cmd, "--as acts by the database here; with --server, the token says who acts")
	case !given || cmd.Annotations[knowsServer] != "":
		return nil
	}
	return misused(cmd, "it works on the machine with the database, and does not know --server")
}
