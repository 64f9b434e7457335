package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants"
	"birthright/identity"
)

var grantColumns = concat(ints("n"), words("id"), ints("request_n"), words("kind"), ints("user_n"), words("user_name", "group_name"),
	ints("starts_at", "duration", "deadline", "not_after"), words("while_cond", "inputs"),
	ints("begun_at", "activated_at", "ends_at", "remind_at", "over_at"), words("over_how", "over_by", "over_reason"), ints("settled_at", "turn_at"))

var selectGrants = "SELECT " + namesOf(grantColumns[:len(grantColumns)-1]) + " FROM grants "

func readGrant(row scanner) (g grants.Grant, err error) {
	var starts, length, deadline, notAfter, begun, activated, ends, remind, over, settled int64
	var inputs string
	err = row.Scan(&g.N, &g.ID, &g.RequestN, &g.Kind, &g.UserN, &g.User, &g.Group, &starts, &length, &deadline, &notAfter, &g.While, &inputs,
		&begun, &activated, &ends, &remind, &over, &g.Over, &g.OverBy, &g.OverReason, &settled)
	g.StartsAt, g.Duration, g.Deadline, g.NotAfter = instant(starts), span(length), instant(deadline), instant(notAfter)
	g.BegunAt, g.ActivatedAt, g.EndsAt, g.RemindAt = instant(begun), instant(activated), instant(ends), instant(remind)
	g.OverAt, g.SettledAt = instant(over), instant(settled)
	if inputs != "" {
		g.Inputs = []byte(inputs)
	}
	return g, err
}

// span is a stored length of time.
func span(microseconds int64) time.Duration { return time.Duration(microseconds) * time.Microsecond }

// namesOf lists columns for a statement.
func namesOf(columns []column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// AddGrant keeps a new grant and numbers it, also in g. The ID is the number with a
// g in front.
func (tx *Tx) AddGrant(ctx context.Context, g *grants.Grant, events ...audit.Event) error {
	n, err := tx.take(ctx, "grants", 1)
	if err != nil {
		return err
	}
	g.N, g.ID = n, publicID("g", n)
	return tx.SaveGrants(ctx, []*grants.Grant{g}, events...)
}

// SaveGrants inserts or replaces grants, by number, and notes when the clock changes
// something about each next, see TurnGrants.
func (tx *Tx) SaveGrants(ctx context.Context, changed []*grants.Grant, events ...audit.Event) error {
	into := bulk{"grants", grantColumns, replacing("n", grantColumns, "id")}
	err := into.write(ctx, tx, len(changed), func(i int, v []any) {
		g := changed[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = g.N, g.ID, g.RequestN, g.Kind, g.UserN, g.User, g.Group
		v[7], v[8], v[9], v[10], v[11], v[12] = micros(g.StartsAt), g.Duration.Microseconds(), micros(g.Deadline), micros(g.NotAfter), g.While, string(g.Inputs)
		v[13], v[14], v[15], v[16] = micros(g.BegunAt), micros(g.ActivatedAt), micros(g.EndsAt), micros(g.RemindAt)
		v[17], v[18], v[19], v[20] = micros(g.OverAt), g.Over, g.OverBy, printable(g.OverReason)
		v[21], v[22] = micros(g.SettledAt), micros(turnOf(g, tx.now))
	})
	return tx.note(err, events)
}

// turnOf is when the run must look at a grant next: now, where the clock has changed
// something that is not on record yet.
func turnOf(g *grants.Grant, now time.Time) time.Time {
	if g.OverAt.IsZero() && (g.IsOver(now) || g.BegunAt.IsZero() && g.Gives(now)) {
		return now
	}
	return g.NextTurn(now)
}

// GrantByID returns one grant; kind NotFound where there is none.
func (tx *Tx) GrantByID(ctx context.Context, id string) (grants.Grant, error) {
	found, err := list(ctx, tx, readGrant, selectGrants+"WHERE id = ?", strings.ToLower(id))
	return only(found, "grant", id, err)
}

// GrantByN returns one grant by its number; kind NotFound where there is none.
func (tx *Tx) GrantByN(ctx context.Context, n int64) (grants.Grant, error) {
	found, err := list(ctx, tx, readGrant, selectGrants+"WHERE n = ?", n)
	return only(found, "grant", publicID("g", n), err)
}

// GrantsByN returns grants by number, ascending.
func (tx *Tx) GrantsByN(ctx context.Context, ns []int64) ([]grants.Grant, error) {
	return list(ctx, tx, readGrant, selectGrants+"WHERE n IN {numbers} ORDER BY n", numbers(ns))
}

// GrantsByIDs returns the grants of these IDs that there are, by number.
func (tx *Tx) GrantsByIDs(ctx context.Context, ids []string) ([]grants.Grant, error) {
	return list(ctx, tx, readGrant, selectGrants+"WHERE id IN {texts} ORDER BY n", texts(ids))
}

// GrantsOfRequests returns the grants that followed from some requests, by number.
func (tx *Tx) GrantsOfRequests(ctx context.Context, requestNs []int64) ([]grants.Grant, error) {
	return list(ctx, tx, readGrant, selectGrants+"WHERE request_n IN {numbers} ORDER BY n", numbers(requestNs))
}

// OpenGrants returns every grant of which something is, or could be, on a target:
// all that are not settled, by user and number.
func (tx *Tx) OpenGrants(ctx context.Context) ([]grants.Grant, error) {
	return list(ctx, tx, readGrant, selectGrants+"WHERE settled_at = 0 ORDER BY user_n, n")
}

// OpenGrantsOf is OpenGrants for some users.
func (tx *Tx) OpenGrantsOf(ctx context.Context, userNs []int64) ([]grants.Grant, error) {
	return list(ctx, tx, readGrant, selectGrants+"WHERE settled_at = 0 AND user_n IN {numbers} ORDER BY user_n, n", numbers(userNs))
}

// GrantFilter selects grants, newest first. Empty fields do not filter.
type GrantFilter struct {
	UserN int64
	Group string
	Kind  string
	// Open leaves out those that are settled, Over those that are not over.
	Open, Over bool
	// Decider is who answered the request that it follows from, Ticket what that was for.
	Decider Decider
	Ticket  string
	// Text is looked for, without letter case, in user and group, why it ended, and the
	// reason and ticket of the request.
	Text string
	// From and To bound when it was to start; zero: no bound.
	From, To time.Time
	BeforeN  int64 // continues after a page: only lower numbers
	Limit    int   // 0: no bound
}

// Grants returns the grants that a filter selects.
func (tx *Tx) Grants(ctx context.Context, f GrantFilter) ([]grants.Grant, error) {
	var c conditions
	if f.UserN != 0 {
		c.add("user_n = ?", f.UserN)
	}
	c.text("group_name = ?", f.Group)
	c.text("kind = ?", f.Kind)
	switch {
	case f.Open && f.UserN != 0:
		c.add("settled_at = 0")
	case f.Open:
		c.add("n IN (SELECT n FROM grants WHERE settled_at = 0)")
	}
	if f.Over {
		c.add("over_at <> 0")
	}
	if by, args := f.Decider.requests(); by != "" {
		c.add("request_n IN ("+by+")", args...)
	}
	if f.Ticket != "" {
		c.add("request_n IN (SELECT n FROM requests WHERE ticket = ? AND ticket <> '')", f.Ticket)
	}
	if f.UserN == 0 && f.Group == "" && f.Ticket == "" && f.Decider == (Decider{}) && f.BeforeN == 0 {
		c.within("grants", "starts_at", f.From, f.To)
	} else {
		c.between("starts_at", f.From, f.To)
	}
	if f.Text != "" {
		own, args := likeAny(f.Text, "user_name", "group_name", "over_reason")
		asked, more := likeAny(f.Text, "r.reason", "r.ticket")
		c.add("("+own+" OR EXISTS (SELECT 1 FROM requests r WHERE r.n = grants.request_n AND "+asked+"))", append(args, more...)...)
	}
	if f.BeforeN > 0 {
		c.add("n < ?", f.BeforeN)
	}
	where, args := c.where()
	return list(ctx, tx, readGrant, selectGrants+where+" ORDER BY n DESC LIMIT ?", append(args, bound(f.Limit))...)
}

// OverdueGrants returns the grants that are over by now and of which something may
// be left on a target, those first that have been over for longest.
func (tx *Tx) OverdueGrants(ctx context.Context) ([]grants.Grant, error) {
	found, err := list(ctx, tx, readGrant, selectGrants+"WHERE over_at <> 0 AND settled_at = 0 AND over_at > 0 AND begun_at <> 0")
	if err != nil {
		return nil, err
	}
	// Those that the clock has ended and that are not on record so have a turn that is due.
	turned, err := list(ctx, tx, readGrant, selectGrants+"WHERE turn_at <> 0 AND turn_at <= ? AND begun_at <> 0", micros(tx.now.Add(tellAgain)))
	found = append(found, turned...)
	found = slices.DeleteFunc(found, func(g grants.Grant) bool { return !g.IsOver(tx.now) })
	slices.SortFunc(found, func(a, b grants.Grant) int { return cmp.Or(a.End().Compare(b.End()), cmp.Compare(a.N, b.N)) })
	return found, err
}

// tellAgain is after how long a turn is told again that nobody has put on record:
// whoever was told it saw an earlier clock, or came to nothing.
const tellAgain = 10 * time.Second

// GrantTurn is a user one of whose grants begins or ends now.
type GrantTurn struct {
	UserN int64
	// Ends is set where one ends: that goes first.
	Ends bool
}

// TurnGrants returns the users of up to limit grants that have begun or ended by
// now, ascending, and notes when each of these turns next: each turn is told to a
// transaction that leaves work for it, once, and again after a while if it is not on
// record by then. Its cost is that of the answer.
func (tx *Tx) TurnGrants(ctx context.Context, limit int) ([]GrantTurn, error) {
	turned, err := list(ctx, tx, readGrant, selectGrants+"WHERE turn_at <> 0 AND turn_at <= ? ORDER BY turn_at LIMIT ?", micros(tx.now), bound(limit))
	if err != nil || len(turned) == 0 {
		return nil, err
	}
	users := map[int64]bool{}
	next := map[time.Time]numbers{}
	for i := range turned {
		g := &turned[i]
		users[g.UserN] = users[g.UserN] || g.IsOver(tx.now)
		at := turnOf(g, tx.now)
		if at.Equal(tx.now) {
			at = tx.now.Add(tellAgain)
		}
		next[at] = append(next[at], g.N)
	}
	for at, ns := range next {
		if err := tx.exec(ctx, "UPDATE grants SET turn_at = ? WHERE n IN {numbers}", micros(at), ns); err != nil {
			return nil, err
		}
	}
	out := make([]GrantTurn, 0, len(users))
	for _, n := range slices.Sorted(maps.Keys(users)) {
		out = append(out, GrantTurn{n, users[n]})
	}
	return out, nil
}

// NextGrantTurn returns when the clock changes something about a grant next; the
// zero time for never.
func (tx *Tx) NextGrantTurn(ctx context.Context) (time.Time, error) {
	next, err := tx.number(ctx, "SELECT coalesce(min(turn_at), 0) FROM grants WHERE turn_at <> 0")
	return instant(next), err
}

// GrantsToRemind returns up to limit grants of whose end the user is to be told.
func (tx *Tx) GrantsToRemind(ctx context.Context, limit int) ([]grants.Grant, error) {
	return list(ctx, tx, readGrant, selectGrants+"WHERE remind_at <> 0 AND remind_at <= ? ORDER BY remind_at LIMIT ?", micros(tx.now), bound(limit))
}

// AddGrantAccess notes what grants give: entitlements, by the number of the grant.
func (tx *Tx) AddGrantAccess(ctx context.Context, gives map[int64][]int64) error {
	var rows [][2]int64
	for grantN, ents := range gives {
		for _, n := range ents {
			rows = append(rows, [2]int64{grantN, n})
		}
	}
	into := bulk{"grant_access", ints("grant_n", "ent_n"), "(grant_n, ent_n) DO NOTHING"}
	return into.write(ctx, tx, len(rows), func(i int, v []any) { v[0], v[1] = rows[i][0], rows[i][1] })
}

// GrantAccess returns what some grants gave at any time, by the number of the grant.
func (tx *Tx) GrantAccess(ctx context.Context, grantNs []int64) (map[int64]map[int64]identity.Entitlement, error) {
	out := map[int64]map[int64]identity.Entitlement{}
	err := tx.each(ctx, func(row scanner) error {
		var grantN, n int64
		var e identity.Entitlement
		err := row.Scan(&grantN, &n, &e.Target, &e.Kind, &e.ID)
		if out[grantN] == nil {
			out[grantN] = map[int64]identity.Entitlement{}
		}
		out[grantN][n] = e
		return err
	}, `SELECT a.grant_n, e.n, e.target, e.kind, e.id FROM grant_access a JOIN entitlements e ON e.n = a.ent_n
		WHERE a.grant_n IN {numbers}`, numbers(grantNs))
	return out, err
}

// Holding is something that a user has on a target, or may have.
type Holding struct{ UserN, EntN int64 }

// HeldEntitlements returns which of some entitlements users have on their targets, as far as is
// known: what was seen there or asked for and is not known to be gone. The value says
// whether it was seen.
func (tx *Tx) HeldEntitlements(ctx context.Context, userNs, entNs []int64) (map[Holding]bool, error) {
	out := map[Holding]bool{}
	err := tx.each(ctx, func(row scanner) error {
		var h Holding
		var observed bool
		err := row.Scan(&h.UserN, &h.EntN, &observed)
		out[h] = observed
		return err
	}, `SELECT a.user_n, a.ent_n, a.observed FROM entitlements e CROSS JOIN targets t CROSS JOIN assignments a
		WHERE e.n IN {numbers} AND t.name = e.target AND a.target_n = t.n AND a.user_n IN {numbers} AND a.ent_n = e.n
		AND (a.managed = TRUE OR a.observed = TRUE)`, numbers(entNs), numbers(userNs))
	return out, err
}
