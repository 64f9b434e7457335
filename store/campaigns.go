package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"birthright/audit"
	"birthright/reviews"
)

var campaignColumns = concat(ints("n"), words("name", "kind", "spec", "owner", "by_actor", "ends"), truths("at_close"),
	ints("created", "due", "close_at", "remind_at", "escalated_at", "swept_at", "closed_at"), words("closed_by", "close_reason"),
	ints("settled_at", "completed_at"), words("previous"), ints("first_n", "items"))

var selectCampaigns = "SELECT " + namesOf(campaignColumns) + " FROM campaigns "

// campaignSpec is what of a campaign is never searched for.
type campaignSpec struct {
	Scope    reviews.Scope   `json:"scope"`
	Stages   []reviews.Stage `json:"stages"`
	Fallback []string        `json:"fallback"`
}

func readCampaign(row scanner) (c reviews.Campaign, err error) {
	var spec string
	var at [9]int64
	err = row.Scan(&c.N, &c.Name, &c.Kind, &spec, &c.Owner, &c.By, &c.End, &c.AtClose,
		&at[0], &at[1], &at[2], &at[3], &at[4], &at[5], &at[6], &c.ClosedBy, &c.CloseReason, &at[7], &at[8], &c.Previous, &c.FirstN, &c.Items)
	if err != nil {
		return c, err
	}
	c.ID = publicID("c", c.N)
	c.Created, c.Due, c.CloseAt, c.RemindAt, c.EscalatedAt = instant(at[0]), instant(at[1]), instant(at[2]), instant(at[3]), instant(at[4])
	c.SweptAt, c.ClosedAt, c.SettledAt, c.CompletedAt = instant(at[5]), instant(at[6]), instant(at[7]), instant(at[8])
	var s campaignSpec
	err = json.Unmarshal([]byte(spec), &s)
	c.Scope, c.Stages, c.Fallback = s.Scope, s.Stages, s.Fallback
	return c, err
}

// AddCampaign keeps a new campaign. Its number, ID and when it was made are filled in.
func (tx *Tx) AddCampaign(ctx context.Context, c *reviews.Campaign, events ...audit.Event) error {
	n, err := tx.take(ctx, "campaigns", 1)
	if err != nil {
		return err
	}
	c.N, c.ID, c.Created = n, publicID("c", n), tx.now
	return tx.SaveCampaign(ctx, c, events...)
}

// SaveCampaign replaces a campaign.
func (tx *Tx) SaveCampaign(ctx context.Context, c *reviews.Campaign, events ...audit.Event) error {
	spec, err := json.Marshal(campaignSpec{c.Scope, c.Stages, c.Fallback})
	if err != nil {
		return err
	}
	into := bulk{"campaigns", campaignColumns, replacing("n", campaignColumns, "created")}
	err = into.write(ctx, tx, 1, func(_ int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = c.N, c.Name, c.Kind, string(spec), c.Owner, c.By, c.End, c.AtClose
		v[8], v[9], v[10], v[11], v[12] = micros(c.Created), micros(c.Due), micros(c.CloseAt), micros(c.RemindAt), micros(c.EscalatedAt)
		v[13], v[14], v[15], v[16] = micros(c.SweptAt), micros(c.ClosedAt), c.ClosedBy, c.CloseReason
		v[17], v[18], v[19], v[20], v[21] = micros(c.SettledAt), micros(c.CompletedAt), c.Previous, c.FirstN, int64(c.Items)
	})
	return tx.note(err, events)
}

// numberOf is the number in a public ID; 0 where it is none of that letter.
func numberOf(letter, id string) int64 {
	digits, ok := strings.CutPrefix(strings.ToLower(id), letter)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 1 {
		return 0
	}
	return n
}

// CampaignByID returns one campaign; kind NotFound where there is none.
func (tx *Tx) CampaignByID(ctx context.Context, id string) (reviews.Campaign, error) {
	found, err := list(ctx, tx, readCampaign, selectCampaigns+"WHERE n = ?", numberOf("c", id))
	return only(found, "campaign", id, err)
}

// Campaigns returns every campaign there was, newest first.
func (tx *Tx) Campaigns(ctx context.Context) ([]reviews.Campaign, error) {
	return list(ctx, tx, readCampaign, selectCampaigns+"ORDER BY n DESC")
}

// LiveCampaigns returns those in which something is left to do, by number.
func (tx *Tx) LiveCampaigns(ctx context.Context) ([]reviews.Campaign, error) {
	return list(ctx, tx, readCampaign, selectCampaigns+"WHERE completed_at = 0 ORDER BY n")
}

// ItemTally counts items of a campaign by how they are.
type ItemTally struct {
	CampaignN int64
	Outcome   string
	Gone      bool // of those that were revoked
	Count     int
}

// TallyItems counts the items of some campaigns.
func (tx *Tx) TallyItems(ctx context.Context, campaigns ...int64) ([]ItemTally, error) {
	return list(ctx, tx, func(row scanner) (t ItemTally, err error) {
		var gone int64
		err = row.Scan(&t.CampaignN, &t.Outcome, &gone, &t.Count)
		t.Gone = gone == 1
		return t, err
	}, `SELECT c.n, i.outcome, CASE WHEN i.gone_at = 0 THEN 0 ELSE 1 END AS gone, count(*)
		FROM campaigns c JOIN review_items i ON i.n >= c.first_n AND i.n < c.first_n + c.items
		WHERE c.n IN {numbers} GROUP BY c.n, i.outcome, gone ORDER BY c.n, i.outcome, gone`, numbers(campaigns))
}

// CampaignsOf returns the numbers of the campaigns in which something waits for one of
// some people, or in which a user has decided on something.
func (tx *Tx) CampaignsOf(ctx context.Context, voices []int64, userN int64) ([]int64, error) {
	return list(ctx, tx, func(row scanner) (n int64, err error) { return n, row.Scan(&n) },
		`SELECT p.campaign_n FROM review_reviewers r JOIN review_panels p ON p.n = r.panel_n
		WHERE r.user_n IN {numbers} AND EXISTS (SELECT 1 FROM review_items i WHERE i.panel_n = p.n AND i.outcome = '')
		UNION SELECT campaign_n FROM review_decisions WHERE by_n = ?`, numbers(voices), userN)
}
