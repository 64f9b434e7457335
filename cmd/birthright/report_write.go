package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/grants/approval"
	"birthright/reviews/document"
	"birthright/store"
)

func (p *program) reportWriteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "write",
		Short: "Write the reports of the configuration into its folder now, and tell the owners",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			written, err := o.Hub.WriteReports(ctx, actor)
			if err != nil {
				return err
			}
			l := listing{data: map[string]any{"files": written}, header: []string{"file"}}
			for _, name := range written {
				l.rows = append(l.rows, []string{name})
			}
			return p.print(l)
		}),
	}
}

func (p *program) reportVerifyCommand() *cobra.Command {
	var export string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check that a report is, byte for byte, one that the audit log names",
		Long: `Check that a report is, byte for byte, one that the audit log names. With --audit
FILE, a file that ` + "`birthright audit export`" + ` wrote, it needs neither a database nor a
configuration; the chain of that file is checked, too.`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if export != "" {
				return p.verifyReport(args[0], func(fn func(audit.Record) error) error { return p.exported(export, fn) })
			}
			return p.with(func(ctx context.Context, a *app.App, _ []string) error {
				return p.verifyReport(args[0], func(fn func(audit.Record) error) error {
					return a.Store.View(ctx, func(tx *store.Tx) error { return tx.EachAudit(ctx, store.AuditQuery{Action: document.Action}, fn) })
				})
			})(cmd, args)
		},
	}
	cmd.Flags().StringVar(&export, "audit", "", "an exported log, `FILE`, instead of the database")
	return cmd
}

// exported hands the records of an exported log to fn, if its chain is whole.
func (p *program) exported(path string, fn func(audit.Record) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("--audit: %w", err)
	}
	defer file.Close()
	verdict, err := audit.VerifyExport(file)
	if err != nil {
		return fmt.Errorf("--audit %s: %w", path, err)
	}
	if !verdict.OK {
		return fmt.Errorf("--audit %s: the log was changed; first bad record %d: %s", path, verdict.FirstBad, verdict.Reason)
	}
	if _, err := file.Seek(0, 0); err != nil {
		return err
	}
	return audit.EachExported(file, fn)
}

func (p *program) verifyReport(name string, each func(func(audit.Record) error) error) error {
	v, record, err := app.VerdictOf(name, each)
	if err != nil {
		return err
	}
	data := map[string]any{"file": name, "ok": v.Standing == document.Genuine, "standing": string(v.Standing), "sha256": v.SHA256}
	var text string
	switch {
	case v.Standing == document.Genuine:
		data["record"], data["written_by"], data["written_at"] = record.Seq, record.Actor, record.At
		text = fmt.Sprintf("%s is what record %d of the log names: written by %s on %s.\n", name, record.Seq, record.Actor, minute(record.At))
	case v.Standing == document.Altered:
		data["record"] = record.Seq
		text = fmt.Sprintf("%s is not what record %d of the log names under this name: it was changed since.\n", name, record.Seq)
	default:
		text = fmt.Sprintf("The log names no such file as %s: it was not written by this hub, or was changed and renamed.\n", name)
	}
	if err := p.print(listing{data: data, text: text, header: []string{"file", "ok", "standing", "sha256"}, rows: [][]string{{name, fmt.Sprint(data["ok"]), string(v.Standing), v.SHA256}}}); err != nil {
		return err
	}
	if v.Standing != document.Genuine {
		return codeError{code: exitFailed}
	}
	return nil
}
