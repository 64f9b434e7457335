package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
)

// gauge is what `status` asks.
type gauge interface {
	Status(ctx context.Context, a approval.Actor) (hub.Status, error)
}

func (p *program) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "How the hub is, in one look: what is late before everything else",
		Long: `Shows what is late, what waits for people, and how each target and source stands. It
looks at what is known and asks nobody; ` + "`birthright doctor`" + ` goes and looks.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			s, err := o.Hub.Status(ctx, actor)
			if err != nil {
				return err
			}
			return p.print(statusListing(s))
		}),
	}
}

func statusListing(s hub.Status) listing {
	rows := [][]string{
		{"access that should be gone", countText(s.Overdue)},
		{"grants that are over and not gone", countText(s.LateGrants)},
		{"access that is missing", countText(s.LateAdditions)},
		{"held by guards", countText(s.Held)},
		{"requests that wait", countText(s.Requests)},
		{"broken glasses without review", countText(s.Glass)},
		{"policy", policyText(s.Policy)},
		{"users", fmt.Sprint(s.Users)},
		{"audit records", fmt.Sprint(s.AuditRecords)},
	}
	for _, t := range s.Targets {
		rows = append(rows, []string{"target " + t.Name, targetText(t, s.At)})
	}
	for _, one := range s.Sources {
		rows = append(rows, []string{"source " + one.Name, sourceText(one, s.At)})
	}
	return listing{data: s, header: []string{"what", "how"}, rows: rows, text: columns("", rows)}
}

func countText(c hub.Count) string {
	if c.Count == 0 {
		return "none"
	}
	text := fmt.Sprint(c.Count)
	if c.More {
		text = "more than " + text
	}
	return text + ", the oldest for " + ageText(c.OldestSeconds)
}

// ageText is how long something has been so, without the seconds of what takes hours.
func ageText(n int64) string {
	if n >= 3600 {
		n -= n % 60
	}
	return seconds(n)
}

func policyText(p hub.PolicyStatus) string {
	if p.Refusal == nil {
		return "version " + p.Version
	}
	return "version " + p.Version + "; a newer one was refused: " + strings.Join(p.Refusal.Faults, "; ")
}

func targetText(t hub.TargetHealth, now time.Time) string {
	text := "never read"
	if t.LastFullAt != nil {
		text = "read whole " + ago(*t.LastFullAt, now)
	}
	if t.LateRemovals.Count > 0 {
		text += "; should be gone: " + countText(t.LateRemovals)
	}
	if t.LateAdditions.Count > 0 {
		text += "; missing: " + countText(t.LateAdditions)
	}
	if t.Error != "" {
		text += "; " + t.Error
	}
	return text
}

func sourceText(s hub.SourceHealth, now time.Time) string {
	text := "never heard from"
	if s.LastAt != nil {
		text = "heard from " + ago(*s.LastAt, now)
	}
	if s.Error != "" {
		text += "; " + s.Error
	}
	return text
}
