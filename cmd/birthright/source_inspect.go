package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
)

// inspectFlags choose conversations and how they are shown.
type inspectFlags struct {
	limit                         int
	failed, lenient, list, follow bool
	id                            string
}

func (p *program) sourceInspectCommand() *cobra.Command {
	var f inspectFlags
	cmd := &cobra.Command{
		Use:   "inspect SOURCE",
		Short: "Show what a source that pushes said last, what it was answered, and how it was read",
		Long: `Shows the last requests of an identity provider as a log reads, the newest last:
each with the masked body, the answer, and how it was read where it was not
written by the book. Requests are there about a second after their answer. How
many are kept is the setting inspect of the source; half of the places are for
requests that failed, if there were so many.

Secrets are masked; what people are called and do is not. In JSON, bodies are
objects, so that jq and its like can look into them.`,
		Args: takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			if f.follow {
				return p.followConversations(ctx, o, actor, args[0], f)
			}
			s, err := o.Hub.Source(ctx, actor, args[0])
			if err != nil {
				return err
			}
			list, err := conversations(ctx, o, actor, s.Name, f)
			if err != nil {
				return err
			}
			return p.print(p.conversationListing(s, list, f))
		}, f.check),
	}
	flags := cmd.Flags()
	flags.IntVar(&f.limit, "limit", 10, "at most this many, the newest; 0 for all that are kept")
	flags.BoolVar(&f.failed, "failed", false, "only requests that were refused or failed")
	flags.BoolVar(&f.lenient, "lenient", false, "only requests that were read in another way than they were written")
	flags.StringVar(&f.id, "id", "", "only the conversation with this `ID`, or the end of it")
	flags.BoolVar(&f.list, "list", false, "one line each, without the bodies")
	flags.BoolVar(&f.follow, "follow", false, "go on showing what comes, until stopped; with -o json, one object a line")
	return cmd
}

// check refuses what cannot be looked into, and flags that contradict each other.
func (f *inspectFlags) check(a *app.App, args []string) error {
	if err := knownSources(a, args); err != nil {
		return err
	}
	if f.id != "" && f.follow {
		return usageError{errors.New("--id and --follow contradict each other: one conversation, or those to come?")}
	}
	return notNegative("limit", f.limit)
}

// chooses reports whether the flags choose c, numbers aside.
func (f *inspectFlags) chooses(c hub.Conversation) bool {
	return (!f.failed || c.Failed()) && (!f.lenient || len(c.Read) > 0) && strings.HasSuffix(c.ID, f.id)
}

// conversations returns the newest that the flags choose, oldest first.
func conversations(ctx context.Context, o office, actor approval.Actor, source string, f inspectFlags) ([]hub.Conversation, error) {
	all, err := o.Hub.Conversations(ctx, actor, hub.ConversationQuery{Source: source, Failed: f.failed})
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(all, func(c hub.Conversation) bool { return !f.chooses(c) })
	if f.id != "" && len(chosen) == 0 {
		return nil, &identity.Error{
			Kind: identity.NotFound, Op: "inspect", Object: f.id, Err: errors.New("no conversation of that id is kept"),
			Hint: "`birthright source inspect " + source + " --list --limit 0` shows them",
		}
	}
	return last(chosen, f.limit), nil
}

// last returns the last of a list; all for 0.
func last[T any](list []T, limit int) []T {
	if limit == 0 {
		return list
	}
	return list[max(len(list)-limit, 0):]
}

var conversationHeader = []string{"at", "method", "url", "status", "dialect", "took", "read_as", "id"}

// conversationRow is a conversation in one line.
func (p *program) conversationRow(c hub.Conversation) []string {
	readAs, url, id := "", plainURL(c.URL), c.ID
	if len(c.Read) > 0 {
		readAs = strconv.Itoa(len(c.Read))
	}
	if p.output == "table" {
		url, id = runewidth.Truncate(url, 80, "…"), shortID(id)
	}
	return []string{clock(c), c.Method, url, statusText(c.Status), c.Dialect, took(c.TookMS), readAs, id}
}

// conversationListing shows conversations as a log, or one line each.
func (p *program) conversationListing(s hub.SourceDetail, list []hub.Conversation, f inspectFlags) listing {
	l := listing{header: conversationHeader, empty: nothingSaid(s, f)}
	views := []hub.Conversation{}
	var text strings.Builder
	for i, c := range list {
		views = append(views, c)
		l.rows = append(l.rows, p.conversationRow(c))
		if i > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(transcript(c))
	}
	l.data = views
	if !f.list {
		l.text = text.String()
	}
	return l
}

// nothingSaid tells why there is nothing to show.
func nothingSaid(s hub.SourceDetail, f inspectFlags) string {
	switch {
	case s.Conversations == 0:
		return "Nothing is kept of what " + s.Name + " says: `inspect` is 0 in its configuration."
	case f.failed || f.lenient:
		return "None of the requests of " + s.Name + " that are kept is like that."
	}
	return s.Name + " has said nothing yet. A request with one of its tokens (`birthright token list --source " + s.Name + "`) is here about a second later."
}
