package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
)

func (p *program) userShowCommand() *cobra.Command {
	var f momentFlags
	cmd := &cobra.Command{
		Use:   "show USER",
		Short: "Show one user: attributes, memberships, accounts, also as it was at a time",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			if f.at != "" {
				return p.showUserAt(ctx, o, actor, args[0], f)
			}
			view, err := o.Hub.User(ctx, actor, args[0])
			if err != nil {
				return err
			}
			return p.print(userDetail(view))
		}, f.check),
	}
	f.add(cmd, true)
	return cmd
}

// userDetail lays a user out for people; CSV gets a row for each membership.
func userDetail(v hub.User) listing {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n\n", v.UserName, visible(v.DisplayName), v.State)
	b.WriteString(columns("  ", attributeRows(v)))
	section(&b, "Records", len(v.Records))
	var records [][]string
	for _, r := range v.Records {
		state := ""
		if !r.Live {
			state = "gone"
		}
		records = append(records, []string{r.Source, r.Key, state})
	}
	b.WriteString(columns("  ", records))
	section(&b, "Memberships", len(v.Memberships))
	l := listing{data: v, header: []string{"user", "group", "because", "policy"}}
	var held [][]string
	for _, m := range v.Memberships {
		row := []string{m.Group, "because of " + becauseOf(m.Causes)}
		if version := under(m.Causes); version != "" {
			row = append(row, "policy "+version)
		}
		if m.EndsAt != nil {
			row = append(row, "until "+minute(*m.EndsAt))
		}
		held = append(held, row)
		l.rows = append(l.rows, []string{v.UserName, m.Group, becauseOf(m.Causes), under(m.Causes)})
	}
	b.WriteString(columns("  ", held))
	section(&b, "Accounts", len(v.Accounts))
	for _, account := range v.Accounts {
		state := ""
		if !account.Active {
			state = "disabled"
		}
		b.WriteString(columns("  ", [][]string{{account.Target, account.Account, state}}))
		for _, e := range account.Entitlements {
			fmt.Fprintf(&b, "    %s\n", e)
		}
	}
	l.text = b.String()
	return l
}

// attributeRows lists what is known of a user and which source said so.
func attributeRows(v hub.User) [][]string {
	var rows [][]string
	for _, name := range v.Attributes.Names() {
		origin := ""
		if source := v.Origins[name]; source != "" {
			origin = "(from " + source + ")"
		}
		rows = append(rows, []string{name, strings.Join(v.Attributes[name], ", "), origin})
	}
	if len(v.Groups) > 0 {
		rows = append(rows, []string{"groups", strings.Join(v.Groups, ", "), ""})
	}
	return rows
}

// columns aligns rows within a longer text.
func columns(indent string, rows [][]string) string {
	var b strings.Builder
	_ = printColumns(&b, indent, rows) // a builder takes everything
	return b.String()
}

func section(b *strings.Builder, title string, n int) {
	if n == 0 {
		fmt.Fprintf(b, "\n%s: none\n", title)
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
}
