package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rules/graph"
)

// graphFlags are what `policy graph` can be told.
type graphFlags struct {
	format, out string
	noPeople    bool
	graph.Options
}

func (p *program) policyGraphCommand() *cobra.Command {
	var flags graphFlags
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Draw who gets what: departments and teams, rules, groups, targets",
		Long: `Draws the policy as a picture (SVG) or for Graphviz (DOT), from departments and
teams over rules and groups to targets. People are counted where there is a
database; without one, or with --no-people, the picture shows what the policy says.

More than 40 rules are folded by the departments that they are for. What there is
no room for is put together in one box: nothing is left out.`,
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			check := func(*app.App, []string) error { return flags.check(p.output) }
			return p.either(p.offline(func(ctx context.Context, a *app.App, _ []string) error {
				return p.drawHere(ctx, a, flags)
			}, check), func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
				return p.draw(ctx, o, actor, flags)
			}, check)(cmd, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.format, "format", "", "`FORMAT` of the picture: svg, dot or json (default svg, or what --output says)")
	f.StringVar(&flags.out, "out", "", "write to this `FILE` instead of standard output")
	f.StringVar(&flags.Fold, "fold", graph.FoldAuto, "`HOW` to put rules and groups together: auto, none or department")
	f.StringVar(&flags.Group, "group", "", "only what is connected with this `GROUP`")
	f.StringVar(&flags.Rule, "rule", "", "only what is connected with this `RULE`")
	f.StringVar(&flags.Department, "department", "", "only what the people of this `DEPARTMENT` get")
	f.StringVar(&flags.Target, "target", "", "only what is connected with this `TARGET`")
	f.BoolVar(&flags.noPeople, "no-people", false, "draw what the policy says, without counting anybody")
	return cmd
}

// check refuses values that nothing understands, and two formats at once.
func (f *graphFlags) check(output string) error {
	err := errors.Join(
		oneOf("format", f.format, "svg", "dot", "json"),
		oneOf("fold", f.Fold, graph.FoldAuto, graph.FoldNone, graph.FoldDepartment))
	if err == nil && f.format != "" && output != "table" && output != f.format {
		err = usageError{fmt.Errorf("--format %s and --output %s are two formats: choose one", f.format, output)}
	}
	return err
}

// drawHere draws the policy, with people where there is a database.
func (p *program) drawHere(ctx context.Context, a *app.App, flags graphFlags) error {
	there := false
	if !flags.noPeople {
		var err error
		if there, err = p.databaseThere(ctx, a); err != nil {
			return err
		}
	}
	if !there {
		g, err := hub.Draw(a.Engine(), nil, flags.Options)
		if err != nil {
			return err
		}
		return p.deliver(g, flags)
	}
	if err := a.Connect(ctx); err != nil {
		return err
	}
	actor, err := p.actor(ctx, a)
	if err != nil {
		return err
	}
	return p.draw(ctx, office{Hub: a.Hub, App: a}, actor, flags)
}

// draw has the hub draw the policy.
func (p *program) draw(ctx context.Context, o office, actor approval.Actor, flags graphFlags) error {
	g, err := o.Hub.PolicyGraph(ctx, actor, hub.GraphQuery{Options: flags.Options, NoPeople: flags.noPeople})
	if err != nil {
		return err
	}
	if !flags.noPeople && !g.Counted {
		p.remark("Nobody is counted: the directory has no people yet. `birthright import` reads the sources.")
	}
	return p.deliver(g, flags)
}

// deliver writes a picture to where it is wanted.
func (p *program) deliver(g graph.Graph, flags graphFlags) error {
	picture, err := p.render(&g, flags.format)
	if err != nil {
		return err
	}
	if flags.out == "" {
		if _, err := p.out.Write(picture); err != nil {
			return fmt.Errorf("write the picture: %w", err)
		}
	} else if err := replaceFile(flags.out, picture); err != nil {
		return err
	}
	p.remark("%s.", g.Summary())
	return nil
}

// render is the picture in a format.
func (p *program) render(g *graph.Graph, format string) ([]byte, error) {
	switch {
	case format == "dot":
		return g.DOT(), nil
	case format == "svg", format == "" && p.output == "table":
		return g.SVG(), nil
	}
	var b bytes.Buffer
	aside := *p
	aside.out = &b
	if format != "" {
		aside.output = format
	}
	l := listing{data: g, header: []string{"from", "to", "people", "links", "shares", "entitlements"}}
	for _, e := range g.Edges {
		l.rows = append(l.rows, []string{
			e.From, e.To, strconv.Itoa(e.People), strconv.Itoa(e.Links), strconv.Itoa(e.Shares), strconv.Itoa(e.Entitlements),
		})
	}
	err := aside.print(l)
	return b.Bytes(), err
}
