package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/reviews"
)

// What is known of an item at the start, and what follows from decisions.
var (
	itemFacts = concat(ints("n", "campaign_n", "user_n"), words("user_name", "group_name", "ent"), ints("causes_n", "since"),
		words("risk", "advice", "facts"), ints("panel_n"))
	itemFate = concat(ints("n", "stage", "panel_n", "decisions"), words("outcome"), ints("at"), words("by_actor", "reason"),
		ints("duration"), words("action"), ints("gone_at"), truths("thawed"))
)

var selectItems = "SELECT " + namesOf(concat(itemFacts, itemFate[1:2], itemFate[3:])) + " FROM review_items "

// moreFacts is what is only shown of an item.
type moreFacts struct {
	Account  string    `json:"account,omitempty"`
	AtLeast  bool      `json:"at_least,omitempty"`
	LastUsed time.Time `json:"last_used,omitzero"`
	Alike    int       `json:"alike,omitempty"`
	Peers    int       `json:"peers,omitempty"`
	Because  string    `json:"because,omitempty"`
}

// itemRow is an item whose causes are a number.
type itemRow struct {
	reviews.Item
	causesN int64
}

func readItem(row scanner) (r itemRow, err error) {
	i := &r.Item
	var ent, facts string
	var since, at, duration, gone int64
	err = row.Scan(&i.N, &i.CampaignN, &i.UserN, &i.User, &i.Group, &ent, &r.causesN, &since, &i.Risk, &i.Advice, &facts, &i.PanelN,
		&i.Stage, &i.Decisions, &i.Outcome, &at, &i.By, &i.Reason, &duration, &i.Action, &gone, &i.Thawed)
	if err != nil {
		return r, err
	}
	i.ID, i.Campaign = publicID("i", i.N), publicID("c", i.CampaignN)
	i.Since, i.At, i.GoneAt, i.Duration = instant(since), instant(at), instant(gone), span(duration)
	if ent != "" {
		if i.Entitlement, err = identity.ParseEntitlement(ent); err != nil {
			return r, err
		}
	}
	var more moreFacts
	err = json.Unmarshal([]byte(facts), &more)
	i.Account, i.AtLeast, i.LastUsed, i.Alike, i.Peers, i.Because = more.Account, more.AtLeast, more.LastUsed, more.Alike, more.Peers, more.Because
	return r, err
}

// AddItems keeps new items of a campaign, whose first they are. Numbers and IDs are filled
// in; so is in the campaign which they are, which the caller saves.
func (tx *Tx) AddItems(ctx context.Context, c *reviews.Campaign, rows []reviews.Item) error {
	if len(rows) == 0 {
		return nil
	}
	first, err := tx.take(ctx, "review_items", len(rows))
	if err != nil {
		return err
	}
	c.FirstN, c.Items = first, len(rows)
	causes, err := tx.numberCauses(ctx, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].N, rows[i].CampaignN, rows[i].Campaign = first+int64(i), c.N, c.ID
		rows[i].ID = publicID("i", rows[i].N)
	}
	into := bulk{table: "review_items", columns: itemFacts}
	return into.write(ctx, tx, len(rows), func(n int, v []any) {
		i := &rows[n]
		ent := ""
		if i.Group == "" {
			ent = i.Entitlement.String()
		}
		facts, _ := json.Marshal(moreFacts{printable(i.Account), i.AtLeast, i.LastUsed, i.Alike, i.Peers, i.Because}) // nothing in it can fail
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = i.N, i.CampaignN, i.UserN, printable(i.User), i.Group, ent, causes[causesKey(i.Causes)]
		v[7], v[8], v[9], v[10], v[11] = micros(i.Since), i.Risk, i.Advice, string(facts), i.PanelN
	})
}

// causesKey tells lists of causes apart by where they are: items share them.
func causesKey(causes []identity.Cause) *identity.Cause {
	if len(causes) == 0 {
		return nil
	}
	return &causes[0]
}

func (tx *Tx) numberCauses(ctx context.Context, rows []reviews.Item) (map[*identity.Cause]int64, error) {
	out := map[*identity.Cause]int64{}
	for i := range rows {
		key := causesKey(rows[i].Causes)
		if _, known := out[key]; known || key == nil {
			continue
		}
		n, err := tx.CauseSetNumber(ctx, rows[i].Causes)
		if err != nil {
			return nil, err
		}
		out[key] = n
	}
	return out, nil
}

// SaveItems keeps what became of items; what was known of them at the start stays.
func (tx *Tx) SaveItems(ctx context.Context, rows []*reviews.Item, events ...audit.Event) error {
	into := bulk{"review_items", itemFate, replacing("n", itemFate)}
	err := into.write(ctx, tx, len(rows), func(n int, v []any) {
		i := rows[n]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = i.N, int64(i.Stage), i.PanelN, int64(i.Decisions), i.Outcome, micros(i.At), i.By
		v[7], v[8], v[9], v[10], v[11] = printable(i.Reason), i.Duration.Microseconds(), i.Action, micros(i.GoneAt), i.Thawed
	})
	return tx.note(err, events)
}

// ItemFilter selects items of reviews, by number. Empty fields do not filter.
type ItemFilter struct {
	Campaign *reviews.Campaign
	IDs      []string
	UserN    int64
	Group    string
	// Ent is the address of an entitlement.
	Ent    string
	Advice string
	// Outcomes are those to find: "" stands for what waits.
	Outcomes []string
	// States are those to find, of package reviews.
	States []string
	// NotUserN leaves out what is that user's own.
	NotUserN int64
	// Leaving finds what was revoked and is not gone; Frozen what is frozen still.
	Leaving, Frozen bool
	// Access finds items about entitlements.
	Access bool
	// Uncarried finds what nothing was done about.
	Uncarried bool
	// For finds what waits for one of these people, and is not their own.
	For    []int64
	PanelN int64
	AfterN int64
	Limit  int // 0: no bound
}

// itemStates are the states of items as conditions: what reviews.Item's State says of one.
var itemStates = map[string]string{
	reviews.Waiting: "outcome = ''", reviews.Decided: "outcome IN ('keep', 'freeze')", reviews.Voided: "outcome = 'void'",
	reviews.Leaving: "(outcome IN ('revoke', 'shorten') AND gone_at = 0)", reviews.Gone: "(outcome IN ('revoke', 'shorten') AND gone_at <> 0)",
}

// where is the filter as a condition.
func (f *ItemFilter) where() (string, []any) {
	var parts []string
	var args []any
	also := func(part string, more ...any) { parts, args = append(parts, part), append(args, more...) }
	also("n > ?", f.AfterN)
	if c := f.Campaign; c != nil {
		also("n >= ? AND n < ?", c.FirstN, c.FirstN+int64(c.Items))
	}
	if f.IDs != nil {
		ns := make(numbers, len(f.IDs))
		for i, id := range f.IDs {
			ns[i] = numberOf("i", id)
		}
		also("n IN {numbers}", ns)
	}
	if f.UserN != 0 {
		also("user_n = ?", f.UserN)
	}
	if f.Group != "" {
		also("group_name = ?", f.Group)
	}
	if f.Ent != "" {
		also("ent = ?", f.Ent)
	}
	if f.Advice != "" {
		also("advice = ?", f.Advice)
	}
	if f.Outcomes != nil {
		also("outcome IN {texts}", texts(f.Outcomes))
	}
	if len(f.States) > 0 {
		var any []string
		for _, state := range f.States {
			if how, known := itemStates[state]; known {
				any = append(any, how)
			}
		}
		also("(" + strings.Join(append(any, "1 = 0"), " OR ") + ")")
	}
	if f.NotUserN != 0 {
		also("user_n <> ?", f.NotUserN)
	}
	if f.PanelN != 0 {
		also("panel_n = ? AND outcome = ''", f.PanelN)
	}
	if f.Leaving {
		also("outcome IN ('revoke', 'shorten') AND gone_at = 0")
	}
	if f.Access {
		also("group_name = ''")
	}
	if f.Uncarried {
		also("action = ''")
	}
	if f.Frozen {
		also("outcome = 'freeze' AND thawed = FALSE")
	}
	if f.For != nil {
		also("outcome = '' AND panel_n IN (SELECT panel_n FROM review_reviewers WHERE user_n IN {numbers})", numbers(f.For))
	}
	return strings.Join(parts, " AND "), args
}

// Items returns the items that a filter selects.
func (tx *Tx) Items(ctx context.Context, f ItemFilter) ([]reviews.Item, error) {
	where, args := f.where()
	rows, err := list(ctx, tx, readItem, selectItems+"WHERE "+where+" ORDER BY n LIMIT ?", append(args, bound(f.Limit))...)
	if err != nil {
		return nil, err
	}
	return tx.withCauses(ctx, rows)
}

func (tx *Tx) withCauses(ctx context.Context, rows []itemRow) ([]reviews.Item, error) {
	ns := numbers{}
	for i := range rows {
		ns = append(ns, rows[i].causesN)
	}
	sets, err := tx.CauseSetsByN(ctx, ns)
	out := make([]reviews.Item, len(rows))
	for i := range rows {
		out[i] = rows[i].Item
		out[i].Causes = sets[rows[i].causesN]
	}
	return out, err
}

// LapsedItems returns items of a campaign that wait, or are to leave, and whose
// membership is not there (any more), by number.
func (tx *Tx) LapsedItems(ctx context.Context, c *reviews.Campaign, leaving bool, afterN int64, limit int) ([]reviews.Item, error) {
	which := "outcome = ''"
	if leaving {
		which = "outcome IN ('revoke', 'shorten') AND gone_at = 0"
	}
	rows, err := list(ctx, tx, readItem, selectItems+"WHERE n >= ? AND n < ? AND n > ? AND "+which+` AND group_name <> '' AND NOT EXISTS (
		SELECT 1 FROM groups g JOIN memberships m ON m.group_n = g.n WHERE g.name = review_items.group_name AND m.user_n = review_items.user_n)
		ORDER BY n LIMIT ?`, c.FirstN, c.FirstN+int64(c.Items), afterN, bound(limit))
	if err != nil {
		return nil, err
	}
	return tx.withCauses(ctx, rows)
}

// ThawItems has what is frozen of a user's be as before: it was decided on.
func (tx *Tx) ThawItems(ctx context.Context, userN int64, group string) error {
	return tx.exec(ctx, "UPDATE review_items SET thawed = TRUE WHERE user_n = ? AND group_name = ? AND outcome = 'freeze' AND thawed = FALSE", userN, group)
}
