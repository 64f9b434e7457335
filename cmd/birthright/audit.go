package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/internal/duration"
	"birthright/store"
)

// logbook is what the commands about the audit log ask.
type logbook interface {
	AuditRecords(ctx context.Context, a approval.Actor, q hub.AuditQuery) (hub.Page[audit.Record], error)
	VerifyAudit(ctx context.Context, a approval.Actor) (audit.Verdict, error)
	ExportAudit(ctx context.Context, a approval.Actor, w io.Writer) error
}

func (p *program) auditCommand() *cobra.Command {
	return reaching(p.family("audit", "The tamper-evident log", p.auditListCommand(), p.auditVerifyCommand(), p.auditExportCommand()))
}

// auditFlags choose records of the log.
type auditFlags struct {
	since, until, actor, action, subject, run string
	limit                                     int
}

func (f *auditFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.since, "since", "", "only from this `TIME` on: RFC 3339, or how long ago, e.g. 24h or 7d")
	flags.StringVar(&f.until, "until", "", "only before this `TIME`")
	flags.StringVar(&f.actor, "actor", "", "only what this `ACTOR` did, e.g. source:okta")
	flags.StringVar(&f.action, "action", "", "only this `ACTION`, e.g. change.outcome")
	flags.StringVar(&f.subject, "subject", "", "only about this `SUBJECT`, e.g. user:ada")
	flags.StringVar(&f.run, "run", "", "only of this `RUN`")
}

func (f *auditFlags) query(now time.Time) (hub.AuditQuery, error) {
	q := hub.AuditQuery{Actor: f.actor, Action: f.action, Subject: f.subject, Run: f.run, Limit: f.limit}
	var err error
	if q.Since, err = moment("since", f.since, now); err != nil {
		return q, err
	}
	q.Until, err = moment("until", f.until, now)
	return q, err
}

// check refuses flags that nothing can be looked up by.
func (f *auditFlags) check(a *app.App, _ []string) error {
	_, err := f.query(a.Now())
	return errors.Join(err, notNegative("limit", f.limit))
}

// moment reads a time, or how long ago it was.
func moment(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	ago, err := duration.Parse(text)
	if err != nil {
		return time.Time{}, usageError{fmt.Errorf("--%s %s: write a time such as 2026-03-05T09:00:00Z or 2026-03-05, or how long ago, such as 24h or 7d", flag, text)}
	}
	return now.Add(-ago), nil
}

func (p *program) auditListCommand() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what was done, newest first",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			q, err := f.query(o.now())
			if err != nil {
				return err
			}
			found, err := o.Hub.AuditRecords(ctx, actor, q)
			if err != nil {
				return err
			}
			records := found.Items
			l := listing{data: records, header: []string{"seq", "at", "actor", "action", "subject", "detail"}, empty: "The log has no such records."}
			for _, r := range records {
				detail, err := json.Marshal(r.Detail)
				if err != nil {
					return err
				}
				l.rows = append(l.rows, []string{strconv.FormatInt(r.Seq, 10), timeText(r.At), r.Actor, r.Action, r.Subject, string(detail)})
			}
			return p.print(l)
		}, f.check),
	}
	f.add(cmd)
	cmd.Flags().IntVar(&f.limit, "limit", 100, "at most this many; 0 for all")
	return cmd
}

func (p *program) auditVerifyCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that nobody changed the log; names the first bad record",
		Args:  takes(0, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file != "" {
				return p.verifyFile(file)
			}
			return p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
				verdict, err := o.Hub.VerifyAudit(ctx, actor)
				if err != nil {
					return err
				}
				return p.printVerdict(verdict)
			})(cmd, args)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "check an exported `FILE` instead; needs no database (- for standard input)")
	return cmd
}

func (p *program) verifyFile(path string) error {
	in := p.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return fmt.Errorf("verify %s: it is a folder; name a file that `birthright audit export` wrote", path)
		}
		in = f
	}
	verdict, err := audit.VerifyExport(in)
	if err != nil {
		return fmt.Errorf("verify %s: %w", path, err)
	}
	return p.printVerdict(verdict)
}

func (p *program) printVerdict(v audit.Verdict) error {
	text := fmt.Sprintf("The log is whole: %d records.\n", v.Records)
	if !v.OK {
		text = fmt.Sprintf("The log was changed. First bad record: %d. %s\n", v.FirstBad, v.Reason)
	}
	err := p.print(listing{
		data: map[string]any{"ok": v.OK, "records": v.Records, "first_bad": v.FirstBad, "reason": v.Reason}, text: text,
		header: []string{"ok", "records", "first_bad", "reason"},
		rows:   [][]string{{strconv.FormatBool(v.OK), strconv.FormatInt(v.Records, 10), strconv.FormatInt(v.FirstBad, 10), v.Reason}},
	})
	if err == nil && !v.OK {
		return codeError{code: exitFailed}
	}
	return err
}

var errEnough = errors.New("enough")

// allRecords yields the log from its beginning.
func allRecords(ctx context.Context, tx *store.Tx) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		err := tx.EachAudit(ctx, store.AuditQuery{}, func(r audit.Record) error {
			if !yield(r, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(audit.Record{}, err)
		}
	}
}

func (p *program) auditExportCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the whole log in a form that can be checked offline",
		Long: `Writes one JSON object a line: an opening, every record with its hash, and a closing
with the head of the chain. ` + "`birthright audit verify --file FILE`" + ` checks it without a database.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			return p.toFile(file, func(w io.Writer) error { return o.Hub.ExportAudit(ctx, actor, w) })
		}),
	}
	cmd.Flags().StringVar(&file, "file", "-", "where to write it; - is standard output")
	return cmd
}

// toFile lets write fill a new file, or standard output for "-". A file that
// could not be finished is taken away.
func (p *program) toFile(path string, write func(io.Writer) error) error {
	if path == "-" {
		return write(p.out)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
