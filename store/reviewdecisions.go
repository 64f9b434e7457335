package store

import (
	"context"
	"time"

	"birthright/audit"
	"birthright/reviews"
)

var decisionColumns = concat(ints("n", "item_n", "campaign_n", "stage", "by_n"), words("by_actor"), ints("for_n"), words("what", "reason"),
	ints("duration", "to_n", "at"))

var selectDecisions = "SELECT " + namesOf(decisionColumns) + " FROM review_decisions "

func readDecision(row scanner) (d reviews.Decision, err error) {
	var duration, at int64
	err = row.Scan(&d.N, &d.ItemN, &d.CampaignN, &d.Stage, &d.ByN, &d.By, &d.For, &d.What, &d.Reason, &duration, &d.To, &at)
	d.Duration, d.At = span(duration), instant(at)
	return d, err
}

// AddDecisions keeps what was decided. Numbers and times are filled in, also in rows.
func (tx *Tx) AddDecisions(ctx context.Context, rows []reviews.Decision, events ...audit.Event) error {
	if len(rows) == 0 {
		return tx.note(nil, events)
	}
	first, err := tx.take(ctx, "review_decisions", len(rows))
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].N, rows[i].At = first+int64(i), tx.now
	}
	into := bulk{table: "review_decisions", columns: decisionColumns}
	err = into.write(ctx, tx, len(rows), func(i int, v []any) {
		d := &rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = d.N, d.ItemN, d.CampaignN, int64(d.Stage), d.ByN, d.By, d.For
		v[7], v[8], v[9], v[10], v[11] = d.What, printable(d.Reason), d.Duration.Microseconds(), d.To, micros(d.At)
	})
	return tx.note(err, events)
}

// DecisionsOn returns what was decided on items, in order.
func (tx *Tx) DecisionsOn(ctx context.Context, itemNs []int64) ([]reviews.Decision, error) {
	return list(ctx, tx, readDecision, selectDecisions+"WHERE item_n IN {numbers} ORDER BY n", numbers(itemNs))
}

// DecisionsIn returns what was decided in a campaign, in order.
func (tx *Tx) DecisionsIn(ctx context.Context, campaignN int64) ([]reviews.Decision, error) {
	return list(ctx, tx, readDecision, selectDecisions+"WHERE campaign_n = ? ORDER BY n", campaignN)
}

// HasDecided reports whether a user decided on something in a campaign.
func (tx *Tx) HasDecided(ctx context.Context, campaignN, userN int64) (bool, error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM (SELECT 1 FROM review_decisions WHERE campaign_n = ? AND by_n = ? LIMIT 1) AS found", campaignN, userN)
	return n > 0, err
}

// DecisionTally is how often somebody decided something in a campaign, and when last.
type DecisionTally struct {
	By, What string
	Count    int
	Last     time.Time
}

// TallyDecisions counts what was decided in a campaign, by who decided and what.
func (tx *Tx) TallyDecisions(ctx context.Context, campaignN int64) ([]DecisionTally, error) {
	return list(ctx, tx, func(row scanner) (t DecisionTally, err error) {
		var last int64
		err = row.Scan(&t.By, &t.What, &t.Count, &last)
		t.Last = instant(last)
		return t, err
	}, "SELECT by_actor, what, count(*), max(at) FROM review_decisions WHERE campaign_n = ? GROUP BY by_actor, what ORDER BY by_actor, what", campaignN)
}
