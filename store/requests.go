package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants"
)

var requestColumns = concat(ints("n"), words("id", "batch", "kind"), ints("user_n"), words("user_name"), ints("by_n"),
	words("by_actor", "group_name", "reason", "ticket"), ints("start_at", "duration", "extends_n", "created", "expires_at", "revision"),
	words("terms", "outcome"), ints("decided_at"), words("decided_by", "note", "auto"), ints("remind_at", "escalated", "reviewed_at"),
	words("reviewed_by", "verdict", "review_note"))

var selectRequests = "SELECT " + namesOf(requestColumns) + " FROM requests "

func readRequest(row scanner) (r grants.Request, err error) {
	var start, length, created, expires, decided, remind, reviewed int64
	err = row.Scan(&r.N, &r.ID, &r.Batch, &r.Kind, &r.UserN, &r.User, &r.ByN, &r.By, &r.Group, &r.Reason, &r.Ticket,
		&start, &length, &r.Extends, &created, &expires, &r.Revision, &r.Terms, &r.Outcome, &decided, &r.DecidedBy, &r.Note, &r.Auto,
		&remind, &r.Escalated, &reviewed, &r.Review.By, &r.Review.Verdict, &r.Review.Note)
	r.Start, r.Duration, r.Created, r.ExpiresAt = instant(start), span(length), instant(created), instant(expires)
	r.DecidedAt, r.RemindAt, r.Review.At = instant(decided), instant(remind), instant(reviewed)
	return r, err
}

func fillRequest(r *grants.Request, v []any) {
	v[0], v[1], v[2], v[3], v[4], v[5], v[6] = r.N, r.ID, r.Batch, r.Kind, r.UserN, r.User, r.ByN
	v[7], v[8], v[9], v[10] = r.By, r.Group, printable(r.Reason), printable(r.Ticket)
	v[11], v[12], v[13], v[14], v[15] = micros(r.Start), r.Duration.Microseconds(), r.Extends, micros(r.Created), micros(r.ExpiresAt)
	v[16], v[17], v[18], v[19], v[20] = int64(r.Revision), r.Terms, r.Outcome, micros(r.DecidedAt), r.DecidedBy
	v[21], v[22], v[23], v[24] = printable(r.Note), r.Auto, micros(r.RemindAt), int64(r.Escalated)
	v[25], v[26], v[27], v[28] = micros(r.Review.At), r.Review.By, r.Review.Verdict, printable(r.Review.Note)
}

// AddRequests keeps new requests and numbers them, also in requests: those of one
// call belong together. The ID is the number with an r in front.
func (tx *Tx) AddRequests(ctx context.Context, requests []*grants.Request, events ...audit.Event) error {
	if len(requests) == 0 {
		return tx.note(nil, events)
	}
	first, err := tx.take(ctx, "requests", len(requests))
	if err != nil {
		return err
	}
	for i, r := range requests {
		r.N = first + int64(i)
		r.ID, r.Created = publicID("r", r.N), tx.now
		r.Batch = requests[0].ID
	}
	return tx.SaveRequests(ctx, requests, events...)
}

// SaveRequests inserts or replaces requests, by number.
func (tx *Tx) SaveRequests(ctx context.Context, requests []*grants.Request, events ...audit.Event) error {
	into := bulk{"requests", requestColumns, replacing("n", requestColumns, "id", "created")}
	err := into.write(ctx, tx, len(requests), func(i int, v []any) { fillRequest(requests[i], v) })
	return tx.note(err, events)
}

// RequestByID returns one request; kind NotFound where there is none.
func (tx *Tx) RequestByID(ctx context.Context, id string) (grants.Request, error) {
	found, err := list(ctx, tx, readRequest, selectRequests+"WHERE id = ?", strings.ToLower(id))
	return only(found, "request", id, err)
}

// RequestByN returns one request by its number; kind NotFound where there is none.
func (tx *Tx) RequestByN(ctx context.Context, n int64) (grants.Request, error) {
	found, err := list(ctx, tx, readRequest, selectRequests+"WHERE n = ?", n)
	return only(found, "request", publicID("r", n), err)
}

// RequestsByN returns requests by number, ascending.
func (tx *Tx) RequestsByN(ctx context.Context, ns []int64) ([]grants.Request, error) {
	return list(ctx, tx, readRequest, selectRequests+"WHERE n IN {numbers} ORDER BY n", numbers(ns))
}

func publicID(letter string, n int64) string { return letter + strconv.FormatInt(n, 10) }

func only[T any](found []T, kind, name string, err error) (T, error) {
	if err == nil && len(found) == 0 {
		err = notFound(kind, name)
	}
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// RequestFilter selects requests, newest first. Empty fields do not filter.
type RequestFilter struct {
	UserN, ByN int64 // of whom, and by whom; both: either
	Group      string
	Kind       string
	Ticket     string
	// Outcomes are those to find: "" stands for what is not decided.
	Outcomes []string
	// Decider is who answered them.
	Decider Decider
	// Text is looked for, without letter case, in user, group, reason, ticket and the
	// note of the decision.
	Text string
	// From and To bound when it was made; zero: no bound.
	From, To time.Time
	// BeforeN continues after a page: only lower numbers.
	BeforeN int64
	Limit   int // 0: no bound
}

// Decider is who answered a request: a user, whoever acts by that name and is none, or
// the policy. The zero value is anybody.
type Decider struct {
	UserN  int64
	Actor  string
	Policy bool
}

// requests selects the numbers of the requests that somebody answered; "" for anybody.
func (d Decider) requests() (text string, args []any) {
	switch {
	case d.UserN != 0:
		return "SELECT request_n FROM votes WHERE by_n = ?", []any{d.UserN}
	case d.Actor != "":
		return "SELECT request_n FROM votes WHERE by_n = 0 AND by_actor = ?", []any{d.Actor}
	case d.Policy:
		return "SELECT n FROM requests WHERE auto <> ''", nil
	}
	return "", nil
}

// Requests returns the requests that a filter selects.
func (tx *Tx) Requests(ctx context.Context, f RequestFilter) ([]grants.Request, error) {
	where, args := f.where()
	return list(ctx, tx, readRequest, selectRequests+where+" ORDER BY n DESC LIMIT ?", append(args, bound(f.Limit))...)
}

func (f RequestFilter) where() (string, []any) {
	var c conditions
	switch {
	case f.UserN != 0 && f.ByN != 0: // each by an index of its own
		c.add("n IN (SELECT n FROM requests WHERE user_n = ? UNION SELECT n FROM requests WHERE by_n = ? AND by_n <> 0)", f.UserN, f.ByN)
	case f.UserN != 0:
		c.add("user_n = ?", f.UserN)
	case f.ByN != 0:
		c.add("by_n = ?", f.ByN)
	}
	c.text("group_name = ?", f.Group)
	c.text("kind = ?", f.Kind)
	if f.Ticket != "" {
		c.add("ticket = ? AND ticket <> ''", f.Ticket)
	}
	switch {
	case len(f.Outcomes) == 1 && f.Outcomes[0] == "" && f.UserN == 0:
		c.add("n IN (SELECT n FROM requests WHERE outcome = '')")
	case len(f.Outcomes) > 0:
		c.add("outcome IN {texts}", texts(f.Outcomes))
	}
	if by, args := f.Decider.requests(); by != "" {
		c.add("n IN ("+by+")", args...)
	}
	if f.UserN == 0 && f.ByN == 0 && f.Group == "" && f.Ticket == "" && f.Decider == (Decider{}) && f.BeforeN == 0 {
		c.within("requests", "created", f.From, f.To)
	} else {
		c.between("created", f.From, f.To)
	}
	if f.Text != "" {
		c.like(f.Text, "user_name", "group_name", "reason", "ticket", "note")
	}
	if f.BeforeN > 0 {
		c.add("n < ?", f.BeforeN)
	}
	return c.where()
}

// conditions gathers the parts of a WHERE clause.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) add(part string, args ...any) {
	c.parts, c.args = append(c.parts, part), append(c.args, args...)
}

func (c *conditions) text(part, value string) {
	if value != "" {
		c.add(part, value)
	}
}

// like looks for a text, without letter case, in any of some columns.
func (c *conditions) like(text string, columns ...string) {
	part, args := likeAny(text, columns...)
	c.add(part, args...)
}

func likeAny(text string, columns ...string) (part string, args []any) {
	parts := make([]string, len(columns))
	for i, column := range columns {
		parts[i] = "lower(" + column + ") LIKE ? ESCAPE '!'"
		args = append(args, contains(text))
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

func (c *conditions) between(column string, from, to time.Time) {
	if !from.IsZero() {
		c.add(column+" >= ?", micros(from))
	}
	if !to.IsZero() {
		c.add(column+" < ?", micros(to))
	}
}

// within is between where nothing else narrows a table: found by the index of the column,
// since the order by number, which all lists have, would make a walk through all there is.
// It is for a first page: behind it, the walk goes on where it was.
func (c *conditions) within(table, column string, from, to time.Time) {
	var of conditions
	of.between(column, from, to)
	if where, args := of.where(); where != "" {
		c.add("n IN (SELECT n FROM "+table+" "+where+")", args...)
	}
}

func (c *conditions) where() (string, []any) {
	if len(c.parts) == 0 {
		return "", nil
	}
	return "WHERE " + strings.Join(c.parts, " AND "), c.args
}

// contains is a LIKE pattern for a text with anything around it.
func contains(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(printable(text))) + "%"
}

// RequestsDue returns up to limit open requests whose time to be decided is up, or
// about which somebody is to be told again.
func (tx *Tx) RequestsDue(ctx context.Context, limit int) ([]grants.Request, error) {
	// Each is answered by an index of its own; both in one would walk through all there are.
	var due []grants.Request
	for _, which := range []string{"outcome = '' AND expires_at <= ?", "remind_at <> 0 AND remind_at <= ?"} {
		found, err := list(ctx, tx, readRequest, selectRequests+"WHERE "+which+" LIMIT ?", micros(tx.now), bound(limit))
		if err != nil {
			return nil, err
		}
		due = append(due, found...)
	}
	slices.SortFunc(due, func(a, b grants.Request) int { return cmp.Compare(a.N, b.N) })
	due = slices.CompactFunc(due, func(a, b grants.Request) bool { return a.N == b.N })
	if limit > 0 {
		due = due[:min(limit, len(due))]
	}
	return due, nil
}

// GlassToReview returns the broken glasses that nobody has looked at, oldest first.
func (tx *Tx) GlassToReview(ctx context.Context) ([]grants.Request, error) {
	return list(ctx, tx, readRequest, selectRequests+"WHERE kind = 'break-glass' AND reviewed_at = 0 AND n > 0 ORDER BY n")
}

var voteColumns = concat(ints("n", "request_n", "by_n"), words("by_actor"), ints("for_n", "stage"), truths("approve"), words("note"),
	ints("at", "revision"), words("terms"))

func readVote(row scanner) (v grants.Vote, err error) {
	var at int64
	err = row.Scan(&v.RequestN, &v.ByN, &v.By, &v.For, &v.Stage, &v.Approve, &v.Note, &at, &v.Revision, &v.Terms)
	v.At = instant(at)
	return v, err
}

// AddVote keeps one answer to a request.
func (tx *Tx) AddVote(ctx context.Context, vote grants.Vote, events ...audit.Event) error {
	n, err := tx.take(ctx, "votes", 1)
	if err != nil {
		return err
	}
	into := bulk{table: "votes", columns: voteColumns}
	err = into.write(ctx, tx, 1, func(_ int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = n, vote.RequestN, vote.ByN, vote.By, vote.For, int64(vote.Stage), vote.Approve
		v[7], v[8], v[9], v[10] = printable(vote.Note), micros(vote.At), int64(vote.Revision), vote.Terms
	})
	return tx.note(err, events)
}

// Votes returns the answers to some requests, in the order in which they were given.
func (tx *Tx) Votes(ctx context.Context, requestNs []int64) ([]grants.Vote, error) {
	return list(ctx, tx, readVote, `SELECT request_n, by_n, by_actor, for_n, stage, approve, note, at, revision, terms
		FROM votes WHERE request_n IN {numbers} ORDER BY n`, numbers(requestNs))
}
