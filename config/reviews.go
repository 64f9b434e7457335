package config

import (
	"slices"
	"time"

	"birthright/internal/strictyaml"
)

// Reports is which reports the hub makes by itself, and what they count as what.
type Reports struct {
	// Schedule is when they are made: cron, or @every; empty for never.
	Schedule string `yaml:"schedule"`
	// Folder is where they are written, each run into a folder of its own.
	Folder string `yaml:"folder"`
	// Kinds are those that are made; the default is all of ReportKinds.
	Kinds []string `yaml:"kinds"`
	// Forms are how each is written; the default is html and json.
	Forms []string `yaml:"forms"`
	// Usage is a CSV file of who used what last, for targets that do not tell; empty
	// for none.
	Usage string `yaml:"usage"`
	// Dormant is for how long an account must not have been used to count as such; the
	// default is 90d.
	Dormant time.Duration `yaml:"dormant"`
	// Stale is how old the last look at a target may be; one that is older is named as
	// not known well enough. The default is 2d.
	Stale time.Duration `yaml:"stale"`
}

// ReportKinds are the kinds of report that can be made on schedule.
func ReportKinds() []string { return []string{"creep", "orphans", "dormant", "sod", "jit"} }

// ReportForms are the forms in which a report can be written.
func ReportForms() []string { return []string{"html", "csv", "json", "markdown", "xlsx"} }

// Reviews is which reviews the hub opens by itself.
type Reviews struct {
	// Movers is what becomes of the access of people who move.
	Movers Movers `yaml:"movers"`
	// Score opens a review of everybody whose score of surplus access is above it; 0
	// for nobody. It is looked at when the report of creep is made on schedule.
	Score float64 `yaml:"score"`
	// Due is how long those who are asked have; the default is 7d.
	Due time.Duration `yaml:"due"`
}

// Movers is what becomes of the access of people who move.
type Movers struct {
	// Overlap is for how long they keep what their old place gave them, for handing
	// over; 0 for not at all.
	Overlap time.Duration `yaml:"overlap"`
	// Risks are the risks of groups that are kept; the default is low, medium and
	// groups of which nothing is said.
	Risks []string `yaml:"risks"`
	// Review asks the old manager and the new one whether it is still needed.
	Review bool `yaml:"review"`
}

// Bounds of what is set here.
const (
	longestOverlap = 90 * 24 * time.Hour
	longestDue     = 365 * 24 * time.Hour
)

func (c *Config) deriveReviews() {
	r := &c.Reports
	if r.Folder == "" {
		r.Folder = "reports"
	}
	if r.Kinds == nil {
		r.Kinds = ReportKinds()
	}
	if r.Forms == nil {
		r.Forms = []string{"html", "json"}
	}
	if r.Dormant == 0 {
		r.Dormant = 90 * 24 * time.Hour
	}
	if r.Stale == 0 {
		r.Stale = 2 * 24 * time.Hour
	}
	if c.Reviews.Due == 0 {
		c.Reviews.Due = 7 * 24 * time.Hour
	}
	if c.Reviews.Movers.Risks == nil {
		c.Reviews.Movers.Risks = []string{"", "low", "medium"}
	}
}

func (l *loader) checkReviews() {
	r := l.cfg.Reports
	l.checkSchedule("reports.schedule", r.Schedule)
	l.checkList("reports.kinds", r.Kinds, ReportKinds())
	l.checkList("reports.forms", r.Forms, ReportForms())
	l.checkSpan("reports.dormant", r.Dormant, 24*time.Hour, 10*longestDue)
	l.checkSpan("reports.stale", r.Stale, time.Minute, longestDue)
	l.checkSpan("reviews.due", l.cfg.Reviews.Due, time.Hour, longestDue)
	m := l.cfg.Reviews.Movers
	l.checkSpan("reviews.movers.overlap", m.Overlap, 0, longestOverlap)
	l.checkList("reviews.movers.risks", m.Risks, []string{"", "low", "medium", "high", "critical"})
	if m.Review && m.Overlap == 0 {
		l.fault("reviews.movers.review", "there is nothing to review: set reviews.movers.overlap to how long people keep what their old place gave them")
	}
	if l.cfg.Reviews.Score < 0 {
		l.fault("reviews.score", "a score is 0 or more; 0 opens no review")
	}
}

// checkList wants every element to be one of those that there are.
func (l *loader) checkList(path string, given, known []string) {
	for i, one := range given {
		l.checkOneOf(strictyaml.Index(path, i), one, known...)
		if slices.Contains(given[:i], one) {
			l.fault(strictyaml.Index(path, i), "%q is there twice", one)
		}
	}
}

func (l *loader) checkSpan(path string, given, least, most time.Duration) {
	if given < least || given > most {
		l.fault(path, "%s is out of bounds: from %s to %s", given, least, most)
	}
}
