package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
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
		RunE: p.offline(func(ctx context.Context, a *app.App, _ []string) error {
			return p.drawPolicy(ctx, a, flags)
		}, func(*app.App, []string) error { return flags.check(p.output) }),
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

func (p *program) drawPolicy(ctx context.Context, a *app.App, flags graphFlags) error {
	var crowd *graph.Crowd
	if !flags.noPeople {
		var err error
		if crowd, err = p.peopleToDraw(ctx, a); err != nil {
			return err
		}
	}
	g, err := graph.Build(a.Engine(), crowd, flags.Options)
	if err != nil {
		return err
	}
	if len(g.Nodes) == 0 {
		return &identity.Error{
			Kind: identity.NotFound, Op: "draw the policy", Object: g.About,
			Err: errors.New("nothing is connected with it"), Hint: "leave out one of the flags that limit the picture",
		}
	}
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
