package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// knowsAs marks the commands that act for the user whom --as names.
const knowsAs = "as"

// acting marks commands, and those below them, as ones that know --as.
func acting(commands ...*cobra.Command) []*cobra.Command {
	for _, cmd := range commands {
		if cmd.Annotations == nil {
			cmd.Annotations = map[string]string{}
		}
		cmd.Annotations[knowsAs] = "yes"
		acting(cmd.Commands()...)
	}
	return commands
}

// checkAs refuses --as where it would mean nothing, and one that names nobody: somebody
// who thinks to act for a user must not act as the operator.
func (p *program) checkAs(cmd *cobra.Command) error {
	flag := cmd.Flag("as")
	switch {
	case flag == nil || !flag.Changed:
		return nil
	case p.as == "":
		return misused(cmd, "--as is empty: whom to act for?")
	case cmd.Annotations[knowsAs] != "":
		return nil
	}
	var names []string
	for _, c := range cmd.Root().Commands() {
		if c.Annotations[knowsAs] != "" {
			names = append(names, c.Name())
		}
	}
	return misused(cmd, "it does not know --as; those that do are %s", strings.Join(names, ", "))
}

// actor is who acts: the user whom --as names, under that user's rights, or whoever
// is at the machine.
func (p *program) actor(ctx context.Context, a *app.App) (approval.Actor, error) {
	if p.as == "" {
		return desk.Operator(a.Actor), nil
	}
	actor, err := a.Desk.Actor(ctx, p.as)
	actor.Via = a.Actor
	return actor, noUser(err, p.as)
}

// asking is with for commands that act for somebody.
func (p *program) asking(do func(ctx context.Context, a *app.App, actor approval.Actor, args []string) error, checks ...check) func(*cobra.Command, []string) error {
	return p.with(func(ctx context.Context, a *app.App, args []string) error {
		actor, err := p.actor(ctx, a)
		if err != nil {
			return err
		}
		return do(ctx, a, actor, args)
	}, checks...)
}
