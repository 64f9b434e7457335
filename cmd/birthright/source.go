package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/store"
)

func (p *program) sourceCommand() *cobra.Command {
	return p.family("source", "Sources: where truth about people comes from", p.sourceListCommand(), p.sourceCheckCommand(), p.sourceInspectCommand(), p.sourceFactsCommand())
}

func (p *program) sourceListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the configured sources and when they were last read",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			states := map[string]store.SourceState{}
			err := a.Store.View(ctx, func(tx *store.Tx) error {
				rows, err := tx.SourceStates(ctx)
				for _, row := range rows {
					states[row.Name] = row
				}
				return err
			})
			if err != nil {
				return err
			}
			l := listing{
				header: []string{"source", "kind", "schedule", "seen", "last_complete_at", "last_error"},
				empty:  "No sources are configured.",
			}
			data := []map[string]any{}
			for _, s := range a.Sources() {
				state := states[s.Name]
				data = append(data, map[string]any{
					"name": s.Name, "kind": s.Kind, "schedule": s.Schedule, "pushes": s.Pushes(), "seen": state.Seen,
					"last_at": timeOrNil(state.LastAt), "last_complete_at": timeOrNil(state.LastCompleteAt), "last_error": state.LastError,
				})
				l.rows = append(l.rows, []string{s.Name, s.Kind, s.Schedule, strconv.Itoa(state.Seen), timeText(state.LastCompleteAt), state.LastError})
			}
			l.data = data
			return p.print(l)
		}),
	}
}

// checkView is one verdict of `source check`, `target check` and `doctor`.
type checkView struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy"`
}

// checkListing prints verdicts; the error is set when one of them is bad.
func (p *program) checkListing(checks []checkView) error {
	l := listing{data: checks, header: []string{"verdict", "check", "detail", "remedy"}}
	bad := 0
	for _, c := range checks {
		verdict := "ok"
		if !c.OK {
			verdict = "BAD"
			bad++
		}
		l.rows = append(l.rows, []string{verdict, c.Check, c.Detail, c.Remedy})
	}
	if err := p.print(l); err != nil {
		return err
	}
	if bad > 0 {
		return codeError{code: exitFailed}
	}
	return nil
}

// failedCheck is the verdict on something that could not be looked at.
func failedCheck(name string, err error) checkView {
	c := checkView{Check: name, Detail: err.Error()}
	var e *identity.Error
	if errors.As(err, &e) {
		c.Remedy = e.Hint
	}
	return c
}

func (p *program) sourceCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [SOURCE…]",
		Short: "Check connection and rights, with a clear verdict",
		Args:  takes(0, anyNumber),
		RunE: p.offline(func(ctx context.Context, a *app.App, names []string) error {
			chosen := a.Sources()
			if len(names) > 0 {
				chosen = nil
			}
			for _, name := range names {
				s, err := a.Source(name)
				if err != nil {
					return err
				}
				chosen = append(chosen, s)
			}
			checks := []checkView{}
			for _, s := range chosen {
				checks = append(checks, checkSource(ctx, s)...)
			}
			return p.checkListing(checks)
		}),
	}
}

func checkSource(ctx context.Context, s app.Source) []checkView {
	report, err := s.Adapter.Probe(ctx)
	if err != nil {
		return []checkView{failedCheck(s.Name, err)}
	}
	checks := []checkView{}
	for _, f := range report.Findings {
		checks = append(checks, checkView{Check: s.Name + ": " + f.Check, OK: f.OK, Detail: f.Detail, Remedy: f.Remedy})
	}
	if len(checks) == 0 {
		checks = append(checks, checkView{Check: s.Name, OK: report.Reachable, Detail: report.Version})
	}
	return checks
}
