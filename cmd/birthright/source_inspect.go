package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/scim/inspect"
	"birthright/store"
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
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			s, err := a.Source(args[0])
			if err != nil {
				return err
			}
			if f.follow {
				return p.followConversations(ctx, a, s.Name, f)
			}
			list, err := conversations(ctx, a, s.Name, f)
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
	s, err := a.Source(args[0])
	if err != nil {
		return err
	}
	if !s.Pushes() {
		return &identity.Error{
			Kind: identity.Invalid, Op: "inspect", Object: s.Name,
			Err:  fmt.Errorf("it is of kind %s: the hub reads it, and it says nothing by itself", s.Kind),
			Hint: "`birthright source check " + s.Name + "` asks it",
		}
	}
	if f.id != "" && f.follow {
		return usageError{errors.New("--id and --follow contradict each other: one conversation, or those to come?")}
	}
	return notNegative("limit", f.limit)
}

// chooses reports whether the flags choose c, numbers aside.
func (f *inspectFlags) chooses(c inspect.Conversation) bool {
	return (!f.failed || c.Failed()) && (!f.lenient || len(c.Read) > 0) && strings.HasSuffix(c.ID, f.id)
}

// conversations returns the newest that the flags choose, oldest first.
func conversations(ctx context.Context, a *app.App, source string, f inspectFlags) ([]inspect.Conversation, error) {
	all, err := a.Conversations(ctx, store.ConversationQuery{Source: source, Failed: f.failed})
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(all, func(c inspect.Conversation) bool { return !f.chooses(c) })
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

// conversationView is a conversation as programs see it.
type conversationView struct {
	ID            string            `json:"id"`
	Source        string            `json:"source"`
	At            any               `json:"at"`
	TookMS        float64           `json:"took_ms"`
	Method        string            `json:"method"`
	URL           string            `json:"url"`
	Agent         string            `json:"agent"`
	Token         string            `json:"token"`
	Remote        string            `json:"remote"`
	Headers       map[string]string `json:"headers"`
	Request       json.RawMessage   `json:"request"` // null for none
	RequestBytes  int64             `json:"request_bytes"`
	Status        int               `json:"status"`
	AnswerHeaders map[string]string `json:"answer_headers"`
	Answer        json.RawMessage   `json:"answer"`
	AnswerBytes   int64             `json:"answer_bytes"`
	Cut           bool              `json:"cut"`
	Dialect       string            `json:"dialect"`
	Read          []string          `json:"read"`
}

func viewConversation(c inspect.Conversation) conversationView {
	v := conversationView{
		ID: c.ID, Source: c.Source, At: timeOrNil(c.At), TookMS: float64(c.Took.Microseconds()) / 1000, Method: c.Method, URL: c.URL,
		Agent: c.Agent, Token: c.Token, Remote: c.Remote, Headers: c.Headers, Request: asJSON(c.Request), RequestBytes: c.RequestBytes,
		Status: c.Status, AnswerHeaders: c.AnswerHeaders, Answer: asJSON(c.Answer), AnswerBytes: c.AnswerBytes,
		Cut: c.Cut, Dialect: c.Dialect, Read: c.Read,
	}
	if v.Read == nil {
		v.Read = []string{}
	}
	return v
}

// asJSON is a masked body as a value; null for none.
func asJSON(body string) json.RawMessage {
	if !json.Valid([]byte(body)) {
		return json.RawMessage("null")
	}
	return json.RawMessage(body)
}

var conversationHeader = []string{"at", "method", "url", "status", "dialect", "took", "read_as", "id"}

// conversationRow is a conversation in one line.
func (p *program) conversationRow(c inspect.Conversation) []string {
	readAs, url, id := "", plainURL(c.URL), c.ID
	if len(c.Read) > 0 {
		readAs = strconv.Itoa(len(c.Read))
	}
	if p.output == "table" {
		url, id = runewidth.Truncate(url, 80, "…"), shortID(id)
	}
	return []string{clock(c.At), c.Method, url, statusText(c.Status), c.Dialect, took(c.Took), readAs, id}
}

// conversationListing shows conversations as a log, or one line each.
func (p *program) conversationListing(s app.Source, list []inspect.Conversation, f inspectFlags) listing {
	l := listing{header: conversationHeader, empty: nothingSaid(s, f)}
	views := []conversationView{}
	var text strings.Builder
	for i, c := range list {
		views = append(views, viewConversation(c))
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
func nothingSaid(s app.Source, f inspectFlags) string {
	switch {
	case s.Inspects() == 0:
		return "Nothing is kept of what " + s.Name + " says: `inspect` is 0 in its configuration."
	case f.failed || f.lenient:
		return "None of the requests of " + s.Name + " that are kept is like that."
	}
	return s.Name + " has said nothing yet. A request with one of its tokens (`birthright token list --source " + s.Name + "`) is here about a second later."
}
