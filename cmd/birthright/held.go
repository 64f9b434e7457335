package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
)

func (p *program) heldCommand() *cobra.Command {
	return p.family("held", "What a guard stopped until a person looks at it", p.heldListCommand(), p.heldReleaseCommand(), p.heldRefuseCommand())
}

func (p *program) heldListCommand() *cobra.Command {
	var q hub.HeldQuery
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what is held, with the reasons",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.Held(ctx, actor, q)
			if err != nil {
				return err
			}
			l := listing{data: found.Items, header: []string{"id", "kind", "where", "what", "reason", "settled"}, empty: "Nothing is held."}
			for _, h := range found.Items {
				l.rows = append(l.rows, []string{h.ID, h.Kind, h.Source + h.Target, heldWhat(h), h.Reason, heldSettled(h)})
			}
			return p.print(l)
		}),
	}
	cmd.Flags().BoolVar(&q.All, "all", false, "also what was released and not carried out yet, and what was refused")
	return cmd
}

// heldWhat says in a few words what is held.
func heldWhat(h hub.HeldChange) string {
	if h.Entitlement == "" {
		return h.Subject
	}
	return h.Action + " " + h.Subject + " " + h.Entitlement
}

// heldSettled says who released or refused it, and why; "" where nobody did.
func heldSettled(h hub.HeldChange) string {
	switch {
	case h.RefusedAt != nil:
		return "refused by " + h.RefusedBy + ": " + h.RefuseReason
	case h.ReleasedAt != nil:
		return "released by " + h.ReleasedBy + ": " + h.ReleaseReason
	}
	return ""
}

// next says what carries out what was released, by kind.
var next = map[string]string{
	"removal": "`birthright sync`", "missing": "`birthright import`", "ambiguous": "`birthright sync`",
	"emptied": "the source sends it again, and it goes through",
}

// remarkReleased says what happens next.
func (p *program) remarkReleased(done []hub.HeldChange) {
	if len(done) == 0 {
		p.remark("Nothing is held that --all could release.")
		return
	}
	var then []string
	for _, h := range done {
		if text := next[h.Kind]; !strings.Contains(strings.Join(then, " "), text) {
			then = append(then, text)
		}
	}
	p.remark("%d released. Next: %s", len(done), strings.Join(then, "; "))
}
