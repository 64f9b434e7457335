package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/internal/duration"
	"birthright/reviews/creep"
	"birthright/reviews/document"
)

// paperForms are what reports can be printed as, besides what everything can.
const paperForms = "markdown,html,xlsx"

// heldFlags are those of every report of what people hold.
type heldFlags struct {
	usage, dormant, stale string
	file                  string
	force                 bool
	looking               hub.Looking
}

func (f *heldFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.usage, "usage", "", "CSV `FILE` of who used what last (default: reports.usage)")
	flags.StringVar(&f.dormant, "dormant", "", "what was not used for so `LONG` is dormant (default: reports.dormant, 90d)")
	flags.StringVar(&f.stale, "stale", "", "a target not read for so `LONG` is named as incomplete (default: reports.stale, 2d)")
	f.addFile(cmd)
}

// addFile adds the flags for where a report is written.
func (f *heldFlags) addFile(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.file, "file", "f", "", "write it to this `FILE`, by whose ending its form is chosen (html, xlsx, json, md, csv), and name it in the audit log; later reports are compared with it")
	flags.BoolVar(&f.force, "force", false, "overwrite the file of --file")
	cmd.Annotations = map[string]string{"formats": paperForms}
}

// check reads the flags, on top of what the configuration says.
func (f *heldFlags) check(a *app.App, _ []string) error {
	if a.Config != nil {
		f.looking = a.Usual()
	}
	if f.usage != "" {
		f.looking.Usage = f.usage
	}
	var faults []error
	if a.Config == nil && f.usage != "" {
		faults = append(faults, errors.New("--usage: the file is read where the database is; a hub reads the one of its configuration (reports.usage)"))
	}
	for _, d := range []struct {
		flag, text string
		into       *time.Duration
	}{{"dormant", f.dormant, &f.looking.Dormant}, {"stale", f.stale, &f.looking.Stale}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = duration.Parse(d.text); err != nil || *d.into <= 0 {
			faults = append(faults, fmt.Errorf("--%s %s: write how long, such as 90d or 12w", d.flag, d.text))
		}
	}
	if f.file != "" {
		faults = append(faults, f.free())
	}
	if err := errors.Join(faults...); err != nil {
		return usageError{err}
	}
	return nil
}

func (f *heldFlags) free() error {
	if _, err := f.form(); err != nil {
		return err
	}
	if _, err := os.Lstat(f.file); err == nil && !f.force {
		return fmt.Errorf("--file %s: the file is there already; name another one, or say --force", f.file)
	}
	return nil
}

func (f *heldFlags) form() (document.Form, error) {
	form, err := document.ParseForm(strings.TrimPrefix(filepath.Ext(f.file), "."))
	if err != nil {
		return "", fmt.Errorf("--file %s: its ending says no form: write .html, .xlsx, .json, .md or .csv", f.file)
	}
	return form, nil
}

// look makes a report, or writes or prints it as a document where that is asked for: then
// done says that there is nothing more to print.
func (p *program) look(ctx context.Context, o office, actor approval.Actor, q hub.ReportQuery, f *heldFlags) (r *hub.Report, done bool, err error) {
	q.Looking = f.looking
	switch {
	case f.file != "" && o.App != nil:
		return nil, true, p.writeHere(ctx, o.App, q, f)
	case f.file != "":
		return nil, true, p.writeThere(ctx, o, actor, q, f)
	case p.wantsPaper():
		q.Filter = creep.Filter{}
		return nil, true, o.Hub.Paper(ctx, actor, hub.PaperQuery{ReportQuery: q, Form: document.Form(p.output)}, p.out)
	}
	r, err = o.Hub.Report(ctx, actor, q)
	return r, false, err
}

// writeHere writes a report to the file that a flag names, with the database here.
func (p *program) writeHere(ctx context.Context, a *app.App, q hub.ReportQuery, f *heldFlags) error {
	var m hub.Made
	if q.Kind == hub.ReportJIT {
		r, err := a.JIT(ctx, q.Since)
		if err != nil {
			return err
		}
		if m, err = a.Paper(q.Kind, &hub.Report{JIT: r}, q.Looking); err != nil {
			return err
		}
		return p.writePaper(ctx, a, &m, f, a.Actor)
	}
	made, err := a.Papers(ctx, []string{q.Kind}, q.Looking)
	if err != nil {
		return err
	}
	return p.writePaper(ctx, a, &made[0], f, a.Actor)
}

// wantsPaper reports whether a report is to be printed as a document.
func (p *program) wantsPaper() bool { return slices.Contains(strings.Split(paperForms, ","), p.output) }

// onPaper writes a report to the file that a flag names, or prints it in the form of
// --output; done says that one of them was asked for.
func (p *program) onPaper(ctx context.Context, a *app.App, m *hub.Made, f *heldFlags, by string) (done bool, err error) {
	switch {
	case f.file != "":
		return true, p.writePaper(ctx, a, m, f, by)
	case p.wantsPaper():
		return true, a.PrintPaper(ctx, m, p.out, document.Form(p.output), "", by)
	}
	return false, nil
}

// writePaper writes a report to the file that a flag names.
func (p *program) writePaper(ctx context.Context, a *app.App, m *hub.Made, f *heldFlags, by string) error {
	form, err := f.form()
	if err != nil {
		return err
	}
	base := strings.TrimSuffix(filepath.Base(f.file), filepath.Ext(f.file))
	names, err := a.WritePaper(ctx, m, filepath.Dir(f.file), base, []document.Form{form}, by)
	for _, name := range names {
		p.remark("%s written to %s; the audit log names its SHA-256 (`birthright report verify %s`)", m.Manifest.Report, name, name)
	}
	return err
}

// remarkIncomplete names, beside a report, the targets of which it does not know enough.
func (p *program) remarkIncomplete(r *creep.Report) {
	for _, i := range r.Incomplete {
		p.remark("%s is not known well enough (%s): %s", i.Target, strings.ReplaceAll(i.Reason, "-", " "), i.Detail)
	}
}
