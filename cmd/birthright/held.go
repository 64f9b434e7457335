package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/identity"
	"birthright/intake"
	"birthright/store"
)

func (p *program) heldCommand() *cobra.Command {
	return p.family("held", "What a guard stopped until a person looks at it", p.heldListCommand(), p.heldReleaseCommand())
}

func (p *program) heldListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what is held, with the reasons",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var rows []store.HeldRow
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				rows, err = tx.Held(ctx, store.HeldFilter{Open: !all})
				return err
			})
			if err != nil {
				return err
			}
			l := listing{header: []string{"id", "kind", "where", "what", "reason"}, empty: "Nothing is held."}
			data := make([]map[string]any, 0, len(rows))
			for _, h := range rows {
				data = append(data, map[string]any{
					"id": h.ID, "kind": h.Kind, "source": h.Source, "target": h.Target, "subject": h.Subject, "action": h.Action,
					"entitlement": h.Entitlement, "reason": h.Reason, "data": h.Data, "created_at": timeOrNil(h.Created),
					"released_at": timeOrNil(h.ReleasedAt), "released_by": h.ReleasedBy, "release_reason": h.ReleaseReason,
				})
				l.rows = append(l.rows, []string{h.ID, h.Kind, h.Source + h.Target, heldWhat(h), h.Reason})
			}
			l.data = data
			return p.print(l)
		}),
	}
	cmd.Flags().BoolVar(&all, "all", false, "also what was released and not carried out yet")
	return cmd
}

// heldWhat says in a few words what is held.
func heldWhat(h store.HeldRow) string {
	if h.Entitlement == "" {
		return h.Subject
	}
	return h.Action + " " + h.Subject + " " + h.Entitlement
}

// releaseFlags say what to release and how.
type releaseFlags struct {
	reason, target, user string
	all, newUser         bool
}

func (p *program) heldReleaseCommand() *cobra.Command {
	var f releaseFlags
	cmd := &cobra.Command{
		Use:   "release ID… --reason TEXT",
		Short: "Let held changes go; the next sync or import carries them out",
		Long: `Releases what a guard held. A removal goes out with the next sync; people missing
from a source are taken for gone by the next import that misses no others; a push that
takes most of a group away goes through when the source sends it again. A record
that could not be told from another person's is given to a user with --user, or
becomes a user of its own with --new.`,
		RunE: p.with(func(ctx context.Context, a *app.App, ids []string) error {
			rows, err := chooseHeld(ctx, a, ids, f)
			if err != nil {
				return err
			}
			for _, h := range rows {
				if err := release(ctx, a, h, f); err != nil {
					return err
				}
			}
			p.remarkReleased(rows)
			return nil
		}, f.check),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.reason, "reason", "", "why it is right; required")
	flags.BoolVar(&f.all, "all", false, "everything that is held, or all of --target")
	flags.StringVar(&f.target, "target", "", "with --all: only what is held on this `TARGET`")
	flags.StringVar(&f.user, "user", "", "give an ambiguous record to this `USER`")
	flags.BoolVar(&f.newUser, "new", false, "make an ambiguous record a user of its own")
	return cmd
}

// check refuses flags that contradict each other.
func (f *releaseFlags) check(a *app.App, ids []string) error {
	switch {
	case f.all == (len(ids) > 0):
		return usageError{errors.New("name what to release, or say --all; `birthright held list` shows the ids")}
	case f.target != "" && !f.all:
		return usageError{errors.New("--target goes with --all; an id says enough by itself")}
	case f.user != "" && f.newUser:
		return usageError{errors.New("--user and --new contradict each other: is the record an existing user's, or a new one's?")}
	case f.all && (f.user != "" || f.newUser):
		return usageError{errors.New("--all does not place records: name each with --user or --new")}
	case f.target != "":
		if err := knownTargets(a, []string{f.target}); err != nil {
			return err
		}
	}
	return required("reason", f.reason, "say why; it goes into the audit log")
}

// remarkReleased says what happens next.
func (p *program) remarkReleased(rows []store.HeldRow) {
	if len(rows) == 0 {
		p.remark("Nothing is held that --all could release.")
		return
	}
	next := map[string]string{
		"removal": "`birthright sync`", "missing": "`birthright import`", "ambiguous": "`birthright sync`",
		"emptied": "the source sends it again, and it goes through",
	}[rows[0].Kind]
	p.remark("%d released. Next: %s", len(rows), next)
}

// chooseHeld finds what to release; one unknown id releases nothing. Ambiguous
// records need a decision each, so that --all leaves them.
func chooseHeld(ctx context.Context, a *app.App, ids []string, f releaseFlags) ([]store.HeldRow, error) {
	var rows []store.HeldRow
	err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		if f.all {
			rows, err = tx.Held(ctx, store.HeldFilter{Target: f.target, Open: true})
			rows = slices.DeleteFunc(rows, func(h store.HeldRow) bool { return h.Kind == intake.HeldAmbiguous })
			return err
		}
		for _, id := range ids {
			h, err := tx.HeldByID(ctx, id)
			if identity.KindOf(err) == identity.NotFound {
				return &identity.Error{
					Kind: identity.NotFound, Op: "release", Object: id, Err: errors.New("nothing is held under that id"),
					Hint: "`birthright held list` shows what is; nothing was released",
				}
			}
			if err == nil {
				err = f.fits(h)
			}
			if err != nil {
				return err
			}
			rows = append(rows, h)
		}
		return nil
	})
	return rows, err
}

// fits checks that the flags decide what h asks.
func (f *releaseFlags) fits(h store.HeldRow) error {
	placed := f.user != "" || f.newUser
	switch {
	case h.Kind == intake.HeldAmbiguous && !placed:
		return usageError{fmt.Errorf("%s is a record that could be several people's: say whose with --user USER, or --new; nothing was released", h.ID)}
	case h.Kind != intake.HeldAmbiguous && placed:
		return usageError{fmt.Errorf("%s is no ambiguous record: leave out --user and --new; nothing was released", h.ID)}
	}
	return nil
}

func release(ctx context.Context, a *app.App, h store.HeldRow, f releaseFlags) error {
	if h.Kind == intake.HeldAmbiguous {
		return resolve(ctx, a, h, f)
	}
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		h.ReleasedAt, h.ReleasedBy, h.ReleaseReason = tx.Now(), a.Actor, f.reason
		subject := "user:" + h.Subject
		if h.Source != "" {
			subject = "source:" + h.Source
		}
		event := audit.Event{
			Actor: a.Actor, Action: "held.released", Subject: subject,
			Detail: map[string]any{"held": h.ID, "kind": h.Kind, "target": h.Target, "action": h.Action, "entitlement": h.Entitlement, "reason": f.reason},
		}
		if err := tx.SaveHeld(ctx, []store.HeldRow{h}, event); err != nil {
			return err
		}
		if h.Kind != "removal" || h.UserN == 0 {
			return nil
		}
		// A running hub need not wait for its schedule.
		return tx.EnqueueWork(ctx, []store.Work{{UserN: h.UserN, DueAt: tx.Now(), Removal: true}})
	})
}

// resolve decides whose a record is.
func resolve(ctx context.Context, a *app.App, h store.HeldRow, f releaseFlags) error {
	userID := ""
	if f.user != "" {
		err := a.Store.View(ctx, func(tx *store.Tx) error {
			u, err := findUser(ctx, tx, f.user)
			userID = u.ID
			return err
		})
		if err != nil {
			return err
		}
	}
	return a.Intake.ResolveAmbiguous(ctx, h.ID, userID, a.Actor, f.reason)
}
