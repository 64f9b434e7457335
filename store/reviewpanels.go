package store

import (
	"context"
	"encoding/json"

	"birthright/reviews"
)

func readPanel(row scanner) (p reviews.Panel, err error) {
	var rungs string
	if err = row.Scan(&p.N, &p.CampaignN, &rungs); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(rungs), &p.Rungs)
}

const selectPanels = "SELECT n, campaign_n, rungs FROM review_panels "

// NumberPanels gives panels of one campaign their numbers: a panel that is there
// already has the number that it had.
func (tx *Tx) NumberPanels(ctx context.Context, rows []*reviews.Panel) error {
	if len(rows) == 0 {
		return nil
	}
	keys := make(texts, len(rows))
	for i, p := range rows {
		text, err := json.Marshal(p.Rungs)
		if err != nil {
			return err
		}
		keys[i] = string(text)
	}
	known := map[string]int64{}
	err := tx.each(ctx, func(row scanner) error {
		var text string
		var n int64
		err := row.Scan(&text, &n)
		known[text] = n
		return err
	}, "SELECT rungs, n FROM review_panels WHERE campaign_n = ? AND rungs IN {texts}", rows[0].CampaignN, keys)
	if err != nil {
		return err
	}
	fresh := missing(keys, known)
	first, err := tx.take(ctx, "review_panels", len(fresh))
	if err != nil {
		return err
	}
	into := bulk{table: "review_panels", columns: concat(ints("n", "campaign_n"), words("rungs"))}
	err = into.write(ctx, tx, len(fresh), func(i int, v []any) {
		v[0], v[1], v[2] = first+int64(i), rows[0].CampaignN, fresh[i]
	})
	for i, text := range fresh {
		known[text] = first + int64(i)
	}
	for i, p := range rows {
		p.N = known[keys[i]]
	}
	return err
}

// PanelsOf returns the panels of a campaign, by number.
func (tx *Tx) PanelsOf(ctx context.Context, campaignN int64) ([]reviews.Panel, error) {
	return list(ctx, tx, readPanel, selectPanels+"WHERE campaign_n = ? ORDER BY n", campaignN)
}

// PanelsByN returns panels by number.
func (tx *Tx) PanelsByN(ctx context.Context, ns []int64) ([]reviews.Panel, error) {
	return list(ctx, tx, readPanel, selectPanels+"WHERE n IN {numbers} ORDER BY n", numbers(ns))
}

// SetReviewers replaces whom some panels name.
func (tx *Tx) SetReviewers(ctx context.Context, panelNs []int64, rows []reviews.Reviewer) error {
	if err := tx.exec(ctx, "DELETE FROM review_reviewers WHERE panel_n IN {numbers}", numbers(panelNs)); err != nil {
		return err
	}
	rows = lastOf(rows, func(r reviews.Reviewer) reviews.Reviewer { return r })
	into := bulk{table: "review_reviewers", columns: ints("user_n", "panel_n")}
	return into.write(ctx, tx, len(rows), func(i int, v []any) { v[0], v[1] = rows[i].UserN, rows[i].PanelN })
}

// ReviewersOf returns whom panels name, by panel and user.
func (tx *Tx) ReviewersOf(ctx context.Context, panelNs []int64) ([]reviews.Reviewer, error) {
	return list(ctx, tx, func(row scanner) (r reviews.Reviewer, err error) {
		err = row.Scan(&r.PanelN, &r.UserN)
		return r, err
	}, "SELECT panel_n, user_n FROM review_reviewers WHERE panel_n IN {numbers} ORDER BY panel_n, user_n", numbers(panelNs))
}

// LoadsOf returns for how many items of a campaign people are asked who have not been
// decided on, themselves left out; by user.
func (tx *Tx) LoadsOf(ctx context.Context, campaignN int64) (map[int64]int, error) {
	out := map[int64]int{}
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var count int
		err := row.Scan(&n, &count)
		out[n] = count
		return err
	}, `SELECT r.user_n, count(*) FROM review_panels p JOIN review_reviewers r ON r.panel_n = p.n
		JOIN review_items i ON i.panel_n = p.n AND i.outcome = '' AND i.user_n <> r.user_n
		WHERE p.campaign_n = ? GROUP BY r.user_n`, campaignN)
	return out, err
}

// DropReviewers forgets whom the panels of a campaign name: nobody is asked any more.
func (tx *Tx) DropReviewers(ctx context.Context, campaignN int64) error {
	return tx.exec(ctx, "DELETE FROM review_reviewers WHERE panel_n IN (SELECT n FROM review_panels WHERE campaign_n = ?)", campaignN)
}
