package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rules"
	"birthright/store"
)

func (p *program) policyShowCommand() *cobra.Command {
	var files bool
	cmd := &cobra.Command{
		Use:   "show VERSION",
		Short: "Show one policy that was in force, and what it changed",
		Long: `Shows a version: who loaded it and when, and how it differs from the one before.
VERSION is the short hash as ` + "`birthright policy history`" + ` has it, a beginning of the hash
that only one policy has, or the number, 3 or #3. Of a policy that was loaded
several times, a hash is the last time.`,
		Args: takes(1, 1),
		RunE: p.either(p.withDatabase(func(ctx context.Context, db *store.DB, args []string) error {
			var view hub.PolicyDetail
			err := db.View(ctx, func(tx *store.Tx) (err error) {
				view, err = hub.VersionKept(ctx, tx, args[0])
				return err
			})
			if err != nil {
				return err
			}
			return p.tellVersion(view, files)
		}), func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			view, err := o.Hub.PolicyVersion(ctx, actor, args[0])
			if err != nil {
				return err
			}
			return p.tellVersion(view, files)
		}),
	}
	cmd.Flags().BoolVar(&files, "files", false, "print the files as they were loaded")
	return cmd
}

// tellVersion prints a version, or its files.
func (p *program) tellVersion(view hub.PolicyDetail, files bool) error {
	l := policyDetail(view)
	if files {
		l.text = fileTexts(view.Files)
	}
	return p.print(l)
}

// policyDetail lays a version out for people; CSV gets a row for each field that
// changed.
func policyDetail(v hub.PolicyDetail) listing {
	l := listing{data: v, header: []string{"kind", "name", "action", "field", "old", "new"}}
	var b strings.Builder
	fmt.Fprintf(&b, "Policy %s (#%d), loaded %s by %s\n", v.Version, v.N, v.LoadedAt.Format(time.RFC3339Nano), visible(v.LoadedBy))
	fmt.Fprintf(&b, "%s, %s, %s\nhash %s\n\n", count(v.Groups, "group", "groups"), count(v.Rules, "rule", "rules"),
		count(len(v.Files), "file", "files"), v.Hash)
	if len(v.Changes) == 0 {
		fmt.Fprintf(&b, "Changes: %s\n", v.Summary)
	} else {
		fmt.Fprintf(&b, "Changes since %s (#%d)\n", v.Previous, v.N-1)
	}
	for _, c := range v.Changes {
		writeChange(&b, c)
		for _, f := range c.Fields {
			l.rows = append(l.rows, []string{c.Kind, c.Name, c.Action, f.Field, f.Old, f.New})
		}
		if len(c.Fields) == 0 {
			l.rows = append(l.rows, []string{c.Kind, c.Name, c.Action, "", "", ""})
		}
	}
	l.text = b.String()
	return l
}

// writeChange prints a change as those who review it read one: - for what was,
// + for what is.
func writeChange(b *strings.Builder, c rules.Change) {
	fmt.Fprintf(b, "\n  %s\n", strings.Join(strings.Fields(c.Kind+" "+c.Name+" "+c.Action), " "))
	for _, f := range c.Fields {
		writeSide(b, "-", f.Field, f.Old)
		writeSide(b, "+", f.Field, f.New)
	}
}

func writeSide(b *strings.Builder, sign, field, text string) {
	if text == "" {
		return
	}
	// A condition may have several lines; they stay one value.
	fmt.Fprintf(b, "    %s %s: %s\n", sign, field, visible(strings.TrimSpace(text)))
}

// fileTexts prints files to the letter, each below its name.
func fileTexts(files []hub.PolicyFile) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "# %s\n%s", f.Name, f.Text)
		if !strings.HasSuffix(f.Text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
