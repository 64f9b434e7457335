package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"birthright/app"
	"birthright/client"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/ids"
)

// The ways in which a command reaches the hub: by the database on this machine, or by
// the API of a running one. Each command says by its interface what it needs.
type (
	// asker is what the commands about requests do, and holder those about grants.
	asker interface {
		Browse(ctx context.Context, a approval.Actor, b desk.Browse) (desk.Shelf, error)
		Ask(ctx context.Context, a approval.Actor, w desk.Wish) ([]desk.Request, error)
		Requests(ctx context.Context, a approval.Actor, q desk.Query) ([]desk.Request, error)
		Request(ctx context.Context, a approval.Actor, id string) (desk.Request, error)
		Amend(ctx context.Context, a approval.Actor, id string, to desk.Amendment) (desk.Request, error)
		Decide(ctx context.Context, a approval.Actor, id string, w desk.Decision) (desk.Answer, error)
		Cancel(ctx context.Context, a approval.Actor, id string) (desk.Request, error)
	}
	holder interface {
		Grants(ctx context.Context, a approval.Actor, q desk.Query) ([]desk.Grant, error)
		Overdue(ctx context.Context, a approval.Actor) ([]desk.Grant, error)
		Grant(ctx context.Context, a approval.Actor, id string) (desk.Grant, error)
		Extend(ctx context.Context, a approval.Actor, id string, by time.Duration, reason string) (desk.Extension, error)
		Return(ctx context.Context, a approval.Actor, id string) (desk.Grant, error)
		Revoke(ctx context.Context, a approval.Actor, id, reason string) (desk.Grant, error)
	}
	// breaker is for emergencies, and delegator for those who are away.
	breaker interface {
		BreakGlass(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Request, error)
		Glasses(ctx context.Context, a approval.Actor, all bool) ([]desk.Request, error)
		Examine(ctx context.Context, a approval.Actor, id, verdict, note string) (desk.Request, error)
	}
	delegator interface {
		Delegations(ctx context.Context, a approval.Actor) ([]grants.Delegation, error)
		Delegate(ctx context.Context, a approval.Actor, w desk.Delegation) (grants.Delegation, error)
		EndDelegation(ctx context.Context, a approval.Actor, id string) (grants.Delegation, error)
	}

	// office is a hub that commands work with.
	office struct {
		Hub interface {
			directory
			gauge
			policyDesk
			reports
			groupBook
			takenAway
			keyring
			logbook
			overseer
			conductor
			warden
		}
		// Desk handles requests for access.
		Desk interface {
			asker
			holder
			breaker
			delegator
		}
		Reviews campaigns
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
		return do(ctx, office{Hub: a.Hub, Desk: a.Desk, Reviews: a.Reviews, App: a}, actor, args)
	}, checks...)
	return p.either(here, do, checks...)
}

// either runs here where there is no --server, and else do by the hub there.
func (p *program) either(here func(*cobra.Command, []string) error, do func(ctx context.Context, o office, actor approval.Actor, args []string) error, checks ...check) func(*cobra.Command, []string) error {
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
		c.Progress = p.progress.step
		c.Hint = func(field string) string { return hintOf(cmd, field) }
		elsewhere := &app.App{Options: app.Options{Now: time.Now}} // what it is configured with, only the hub knows
		for _, check := range checks {
			if err := check(elsewhere, args); err != nil {
				return err
			}
		}
		return do(cmd.Context(), office{Hub: client.Hub{Client: c}, Desk: client.Desk{Client: c}, Reviews: client.Reviews{Client: c}}, approval.Actor{}, args)
	}
}

// now is the time on this machine.
func (o office) now() time.Time {
	if o.App == nil {
		return time.Now()
	}
	return o.App.Now()
}

// everything is who looks at what came of a deed: the machine's operator where the
// database is here, else whoever the token is of.
func (o office) everything(actor approval.Actor) approval.Actor {
	if o.App == nil {
		return actor
	}
	return desk.Operator(o.App.Actor)
}

// forUser reports whether a command may speak for a user: the one of --as, or the one
// that the token of --server is of.
func (p *program) forUser() bool { return p.as != "" || p.serverAddress() != "" }

// hereOr runs one command line on this machine, without the database, or, where a hub is
// named, through that.
func (p *program) hereOr(here, through func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if p.serverAddress() == "" {
			return here(cmd, args)
		}
		return through(cmd, args)
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

// hintOf says by which flag of a command a part of the input is given, "" where by none: a
// hub far away does not know what stands on the command line here.
func hintOf(cmd *cobra.Command, field string) string {
	flag := cmd.Flag(strings.ReplaceAll(field, "_", "-"))
	if field == "" || flag == nil {
		return ""
	}
	kind, _ := pflag.UnquoteUsage(flag)
	if kind == "string" {
		kind = map[string]string{"for": "DURATION", "reason": "TEXT", "ticket": "ID", "start": "TIME"}[field]
	}
	return strings.TrimSpace("--" + flag.Name + " " + kind)
}
