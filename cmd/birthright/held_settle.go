package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
)

// settleFlags say what somebody says about what is held.
type settleFlags struct{ hub.Settlement }

func (f *settleFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.Reason, "reason", "", "why it is right; required")
	flags.BoolVar(&f.All, "all", false, "everything that is held, or all of --target")
	flags.StringVar(&f.Target, "target", "", "with --all: only what is held on this `TARGET`")
}

// about is the settlement with the ids of the command line.
func (f *settleFlags) about(ids []string) hub.Settlement {
	s := f.Settlement
	s.IDs = ids
	return s
}

func (p *program) heldReleaseCommand() *cobra.Command {
	var f settleFlags
	cmd := &cobra.Command{
		Use:   "release ID… --reason TEXT",
		Short: "Let held changes go; the next sync or import carries them out",
		Long: `Releases what a guard held. A removal goes out with the next sync; people missing
from a source are taken for gone by the next import that misses no others; a push that
takes most of a group away goes through when the source sends it again. A record
that could not be told from another person's is given to a user with --user, or
becomes a user of its own with --new.`,
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, ids []string) error {
			done, err := o.Hub.Release(ctx, actor, f.about(ids))
			if err != nil {
				return err
			}
			p.remarkReleased(done)
			return nil
		}, f.check("release")),
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.User, "user", "", "give an ambiguous record to this `USER`")
	cmd.Flags().BoolVar(&f.New, "new", false, "make an ambiguous record a user of its own")
	return cmd
}

func (p *program) heldRefuseCommand() *cobra.Command {
	var f settleFlags
	cmd := &cobra.Command{
		Use:   "refuse ID… --reason TEXT",
		Short: "Say that held changes must not happen; nobody is asked about them again",
		Long: `Refuses what a guard held: it is wrong, and must not happen. It stays held, counts for
no guard any more, and ` + "`birthright held list --all`" + ` shows who refused it and why. Nobody
is asked again until what it is about changes:

  a removal     access stays that nothing gives; ` + "`birthright report creep`" + ` lists it. The
                refusal is over when something gives the access again, or it is gone. What
                a person, an end time or the lifecycle orders goes all the same.
  people who    the source is not believed, and each import of it goes on ending in 4,
  are missing   until it tells of them again or others are missing, too.
  a push        it is refused whenever it is sent again, until it says something else.
  a record      it stays nobody's until the source says something else about it.

` + "`birthright held release`" + ` takes a refusal back.`,
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, ids []string) error {
			done, err := o.Hub.Refuse(ctx, actor, f.about(ids))
			if err != nil {
				return err
			}
			if len(done) == 0 {
				p.remark("Nothing is held that --all could refuse.")
				return nil
			}
			p.remark("%d refused. `birthright held list --all` shows them; `birthright held release` takes it back", len(done))
			return nil
		}, f.check("refuse")),
	}
	f.add(cmd)
	return cmd
}

// check refuses flags that contradict each other.
func (f *settleFlags) check(verb string) check {
	return func(a *app.App, ids []string) error {
		switch {
		case f.All == (len(ids) > 0):
			return usageError{errors.New("name what to " + verb + ", or say --all; `birthright held list` shows the ids")}
		case f.Target != "" && !f.All:
			return usageError{errors.New("--target goes with --all; an id says enough by itself")}
		case f.User != "" && f.New:
			return usageError{errors.New("--user and --new contradict each other: is the record an existing user's, or a new one's?")}
		case f.All && (f.User != "" || f.New):
			return usageError{errors.New("--all does not place records: name each with --user or --new")}
		case f.Target != "":
			if err := knownTargets(a, []string{f.Target}); err != nil {
				return err
			}
		}
		return required("reason", f.Reason, "say why; it goes into the audit log")
	}
}
