package hub

import (
	"context"
	"io"
	"time"

	"birthright/grants/approval"
	"birthright/reviews/creep"
	"birthright/reviews/desk"
	"birthright/reviews/document"
	"birthright/reviews/jit"
	"birthright/reviews/suggest"
	"birthright/store"
)

// Reporter makes reports of everything that the hub knows. It is the program: that
// reads the configuration, the policy and everybody.
type Reporter interface {
	// Usual is what the configuration says of reports.
	Usual() Looking
	Creep(ctx context.Context, l Looking) (*creep.Report, error)
	JIT(ctx context.Context, since time.Duration) (*jit.Report, error)
	Suggest(ctx context.Context, l Learning) (*Suggestions, error)
	// Paper makes a document of a report.
	Paper(kind string, r *Report, l Looking) (Made, error)
	// ReviewPaper makes a document of what a campaign came to.
	ReviewPaper(ctx context.Context, a approval.Actor, id string) (Made, desk.Report, error)
	// PrintPaper writes a document in a form, or one of its tables, and names it in the
	// audit log.
	PrintPaper(ctx context.Context, m *Made, w io.Writer, form document.Form, table, by string) error
	WriteReports(ctx context.Context, by string) ([]string, error)
	OrderRemovals(ctx context.Context, plan creep.Plan, by, reason string) ([]*store.OrderRow, error)
	Evidence(ctx context.Context, from, until time.Time, by, name string, w io.Writer) (*Evidence, error)
}

// Looking says what reports of what people hold are to count as what.
type Looking struct {
	// Usage is a file of who used what last; "" for none.
	Usage string
	// Dormant is for how long an account must not have been used, and Stale how old the
	// last look at a target may be.
	Dormant, Stale time.Duration
}

// Made is a report with what its files are proven by.
type Made struct {
	Manifest document.Manifest
	Document *document.Document
	// Creep is what a report of what is held was made of; nil for another kind.
	Creep *creep.Report
}

// Learning says what suggestions are to be made of.
type Learning struct {
	// Since is how far back requests count.
	Since time.Duration
	suggest.Thresholds
	// Usage is a file of who used what last; "" for none. What was used before Unused
	// counts as not used, and of a group the share Idle must lie unused.
	Usage  string
	Unused time.Duration
	Idle   float64
	// Held says that rules are looked for in what people hold on targets, too.
	Held     bool
	FromHeld suggest.HeldThresholds
	// Draft asks for the policy with every draft in it.
	Draft bool
}

// UsualLearning is what suggestions are made of where nobody says otherwise.
func UsualLearning() Learning {
	return Learning{Since: usualSince, Thresholds: suggest.Usual(), Unused: usualSince, Idle: 0.8, Held: true, FromHeld: suggest.UsualHeld()}
}

// usualSince is how far back requests count where nobody says otherwise.
const usualSince = 90 * 24 * time.Hour
