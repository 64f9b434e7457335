package config_test

import (
	"testing"
	"time"

	"birthright/config"
)

// usualReports and usualReviews are what is so where the file says nothing.
func usualReports() config.Reports {
	return config.Reports{
		Folder: "reports", Kinds: []string{"creep", "orphans", "dormant", "sod", "jit"}, Forms: []string{"html", "json"},
		Dormant: 90 * 24 * time.Hour, Stale: 48 * time.Hour,
	}
}

func usualReviews() config.Reviews {
	return config.Reviews{Movers: config.Movers{Risks: []string{"", "low", "medium"}}, Due: 7 * 24 * time.Hour}
}

func TestReportsAndReviews(t *testing.T) {
	c := load(t, write(t, `
reports: {schedule: "0 6 * * 1", folder: out, kinds: [creep], forms: [xlsx, csv], usage: use.csv, dormant: 30d, stale: 12h}
reviews: {movers: {overlap: 2w, risks: [low], review: true}, score: 12.5, due: 3d}
`))
	want := config.Reports{
		Schedule: "0 6 * * 1", Folder: "out", Kinds: []string{"creep"}, Forms: []string{"xlsx", "csv"}, Usage: "use.csv", Dormant: 30 * 24 * time.Hour, Stale: 12 * time.Hour,
	}
	if c.Reports.Schedule != want.Schedule || c.Reports.Dormant != want.Dormant || c.Reports.Forms[0] != "xlsx" || len(c.Reports.Kinds) != 1 {
		t.Errorf("reports: %+v", c.Reports)
	}
	if m := c.Reviews.Movers; m.Overlap != 14*24*time.Hour || !m.Review || m.Risks[0] != "low" || c.Reviews.Score != 12.5 || c.Reviews.Due != 72*time.Hour {
		t.Errorf("reviews: %+v", c.Reviews)
	}
}
