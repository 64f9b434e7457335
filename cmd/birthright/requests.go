package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// recentDays is how far back a list of requests goes that nobody bounds.
const recentDays = 30

// requestStates are the values of --state for requests.
var requestStates = []string{grants.Pending, grants.Approved, grants.Denied, grants.Cancelled, grants.Expired}

// historyFlags choose among requests or grants.
type historyFlags struct {
	user, group, decider, ticket, text, since, until string
	states                                           []string
	limit                                            int
	all                                              bool
}

func (f *historyFlags) add(cmd *cobra.Command, states []string, all string) {
	flags := cmd.Flags()
	flags.StringVar(&f.group, "group", "", "only of this `GROUP`")
	flags.StringSliceVar(&f.states, "state", nil, "only in this `STATE`: "+strings.Join(states[:len(states)-1], ", ")+" or "+states[len(states)-1]+"; several with commas")
	flags.StringVar(&f.decider, "decider", "", "only what this `USER` answered; also operator:NAME, and policy for what it approved by itself")
	flags.StringVar(&f.ticket, "ticket", "", "only what was asked for with this `TICKET`")
	flags.StringVar(&f.since, "since", "", "only from this `TIME` on: RFC 3339, a date, or how long ago, e.g. 24h or 7d")
	flags.StringVar(&f.until, "until", "", "only before this `TIME`")
	flags.IntVar(&f.limit, "limit", 0, "at most this many; 0 for all")
	flags.BoolVar(&f.all, "all", false, all)
}

// query is what the flags choose.
func (f *historyFlags) query(now time.Time, allowed []string) (desk.Query, error) {
	q := desk.Query{User: f.user, Group: f.group, Decider: f.decider, Ticket: f.ticket, Text: f.text, States: f.states, Limit: f.limit}
	faults := []error{notNegative("limit", f.limit)}
	for _, s := range f.states {
		faults = append(faults, oneOf("state", s, allowed...))
	}
	var err error
	q.From, err = moment("since", f.since, now)
	faults = append(faults, err)
	q.To, err = moment("until", f.until, now)
	return q, errors.Join(append(faults, err)...)
}

// requestFlags choose requests.
type requestFlags struct {
	historyFlags
	approver string
	mine     bool
}

func (p *program) requestsCommand() *cobra.Command {
	var f requestFlags
	cmd := &cobra.Command{
		Use:   "requests",
		Short: "List requests for access: what is open, and what was lately",
		Long: `Lists what is open and what was asked for in the last 30 days, newest first; with --all,
--since or --until, the history. With --as it is what concerns that user, and what they may
decide on; with --group, all of a group that they own.
` + "`birthright requests --all --output csv`" + ` exports all there is.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			q, err := f.query(o.now(), requestStates)
			if err != nil {
				return err
			}
			q.Approver, q.Mine = f.approver, f.mine
			found, err := p.findRequests(ctx, o, actor, q, f.all)
			if err != nil {
				return err
			}
			return p.print(p.requestListing(found))
		}, func(a *app.App, _ []string) error {
			if f.mine && !p.forUser() {
				return usageError{errors.New("--mine-to-decide needs --as USER: whose decisions? --approver USER says it too")}
			}
			if f.mine && f.approver != "" {
				return usageError{errors.New("--mine-to-decide and --approver are the same question: give one of them")}
			}
			_, err := f.query(a.Now(), requestStates)
			return err
		}),
	}
	f.add(cmd, requestStates, "the whole history, not only the last 30 days")
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "only those that this `USER` asked for or gets")
	flags.StringVar(&f.text, "text", "", "only with this `TEXT` in user, group, reason, ticket or the note of the decision")
	flags.StringVar(&f.approver, "approver", "", "only those that this `USER` may decide on now")
	flags.BoolVar(&f.mine, "mine-to-decide", false, "only those that the user of --as may decide on now")
	cmd.AddCommand(p.requestsShowCommand())
	return cmd
}

// findRequests finds what a query chooses. Unless somebody bounds the time, that is
// what is open, however old, and what was made lately; of a user who asks about nobody
// in particular, it is also what that user may decide on.
func (p *program) findRequests(ctx context.Context, o office, actor approval.Actor, q desk.Query, all bool) ([]desk.Request, error) {
	queries := []desk.Query{q}
	if !all && q.From.IsZero() && q.To.IsZero() && q.Approver == "" && !q.Mine {
		recent, open := q, q
		recent.From = o.now().AddDate(0, 0, -recentDays)
		open.To, open.States = recent.From, []string{grants.Pending}
		queries = []desk.Query{recent, open}
	}
	if p.forUser() && q.User == "" && q.Approver == "" && !q.Mine {
		mine := q
		mine.Mine = true
		queries = append(queries, mine)
	}
	if len(q.States) > 0 && !slices.Contains(q.States, grants.Pending) {
		queries = queries[:1]
	}
	return together(ctx, o, actor, queries, q.Limit)
}

// together joins what several queries choose, newest first.
func together(ctx context.Context, o office, actor approval.Actor, queries []desk.Query, limit int) ([]desk.Request, error) {
	var found []desk.Request
	for _, q := range queries {
		some, err := o.Desk.Requests(ctx, actor, q)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	slices.SortFunc(found, func(a, b desk.Request) int { return cmp.Compare(b.N, a.N) })
	found = slices.CompactFunc(found, func(a, b desk.Request) bool { return a.N == b.N })
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	return found, nil
}

func (p *program) requestsShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one request: who asked for what, who answered, and what it waits for",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			r, err := o.Desk.Request(ctx, actor, args[0])
			if err != nil {
				return noSuch(err, "request", args[0])
			}
			return p.print(p.fields(r, requestFields(r)))
		}),
	}
}

// requestFields lays one request out line by line.
func requestFields(r desk.Request) [][]string {
	waits := ""
	if r.Stage != nil {
		waits = stageText(r)
	}
	rows := [][]string{
		{"request", r.ID}, {"kind", r.Kind}, {"user", r.User}, {"group", r.Group}, {"for", lengthText(r)}, {"state", r.State},
		{"asked by", who(r.By)}, {"reason", r.Reason}, {"ticket", r.Ticket}, {"asked at", timeText(r.Created)}, {"starts", timeAt(r.Start)},
		{"asks", waits}, {"expires", expiryText(r)}, {"decided at", timeAt(r.DecidedAt)}, {"decided by", who(r.DecidedBy)},
		{"because", r.Because}, {"note", r.Note}, {"grant", r.Grant}, {"extends", r.Extends}, {"revision", changedText(r)},
	}
	for _, vote := range voteTexts(r) {
		rows = append(rows, []string{"answer", vote})
	}
	if r.Review != nil {
		rows = append(rows, []string{"review", reviewText(r)})
	}
	return rows
}

func expiryText(r desk.Request) string {
	if r.State != grants.Pending && r.State != grants.Expired {
		return ""
	}
	return timeText(r.ExpiresAt)
}

func changedText(r desk.Request) string {
	if r.Revision < 2 {
		return ""
	}
	return fmt.Sprintf("%d: changed after it was asked for", r.Revision)
}

// fields shows one thing line by line; people see only the lines that say something.
func (p *program) fields(data any, rows [][]string) listing {
	if p.output == "table" {
		rows = slices.DeleteFunc(rows, func(row []string) bool { return row[1] == "" })
	}
	return listing{data: data, header: []string{"field", "value"}, rows: rows}
}

// noSuch says of an error that nothing was found what was looked for, and where to look.
func noSuch(err error, kind, id string) error {
	look := map[string]string{
		"request": "`birthright requests` shows them", "grant": "`birthright grants` shows them", "delegation": "`birthright delegate list` shows them",
	}[kind]
	return cmp.Or(notFound(err, fmt.Sprintf("there is no %s %q", kind, id), look), err)
}
