package app

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"birthright/audit"
	"birthright/hub"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews/creep"
	"birthright/reviews/document"
	"birthright/reviews/paper"
)

// Papers makes reports of these kinds, all as of one moment. It writes nothing.
func (a *App) Papers(ctx context.Context, kinds []string, l hub.Looking) ([]hub.Made, error) {
	var r hub.Report
	var out []hub.Made
	for _, kind := range kinds {
		var err error
		switch {
		case slices.Contains(heldKinds(), kind) && r.Creep == nil:
			r.Creep, err = a.Creep(ctx, l)
		case kind == "jit":
			r.JIT, err = a.JIT(ctx, usualWindow)
		}
		if err != nil {
			return nil, err
		}
		m, err := a.Paper(kind, &r, l)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// Paper makes a document of a report.
func (a *App) Paper(kind string, r *hub.Report, l hub.Looking) (hub.Made, error) {
	m := hub.Made{Creep: r.Creep}
	switch {
	case kind == reportCreep:
		m.Document = paper.Creep(r.Creep)
	case kind == "orphans":
		m.Document = paper.Orphans(r.Creep)
	case kind == "dormant":
		m.Document = paper.Dormant(r.Creep, duration.Format(l.Dormant))
	case kind == "sod":
		m.Document = paper.SoD(r.Creep)
	case kind == "jit":
		m.Document, m.Creep = paper.JIT(r.JIT), nil
	default:
		return m, &identity.Error{Kind: identity.Invalid, Op: "make report", Object: kind, Err: errors.New("there is no such report on paper")}
	}
	m.Manifest = a.manifest(kind, m.Document.Made, m.Creep)
	m.Document.Facts = append(m.Manifest.Facts(), m.Document.Facts...)
	return m, nil
}

// heldKinds are the reports of what people hold.
func heldKinds() []string { return []string{reportCreep, "orphans", "dormant", "sod"} }

// manifest says what a report was made of.
func (a *App) manifest(kind string, at time.Time, held *creep.Report) document.Manifest {
	m := document.Manifest{
		Report: kind + "-" + at.UTC().Format("20060102-150405") + "-" + suffix(a.NewID()), Kind: kind, MadeAt: at, Policy: a.policy.loaded.Load().version(),
	}
	if held == nil {
		return m
	}
	for _, seen := range held.Inputs {
		m.Inputs = append(m.Inputs, document.Input{Target: seen.Target, ReadAt: seen.At, Complete: seen.Complete})
	}
	return m
}

// suffix is the end of an identifier, where those of one moment differ.
func suffix(id string) string { return id[max(0, len(id)-6):] }

// WritePaper writes a report into files of a folder, names them in the audit log and
// keeps it for later ones to be compared with. base is what the files are called, ""
// for the report's id. A file that cannot be written is an error, and none is left.
func (a *App) WritePaper(ctx context.Context, m *hub.Made, dir, base string, forms []document.Form, by string) ([]string, error) {
	if base == "" {
		base = m.Manifest.Report
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, unwritten(dir, err)
	}
	var parts, names []string
	defer func() {
		for _, part := range parts {
			_ = os.Remove(part) // gone where it was given its name
		}
	}()
	for _, form := range forms {
		files, err := m.Document.Files(base, form)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			path := filepath.Join(dir, f.Name)
			sealed, err := writeSealed(path+".part", f)
			parts = append(parts, path+".part")
			if err != nil {
				return nil, unwritten(path, err)
			}
			m.Manifest.Files, names = append(m.Manifest.Files, sealed), append(names, path)
		}
	}
	if err := a.keepPaper(ctx, m, by); err != nil {
		return nil, err
	}
	for i, part := range parts {
		if err := os.Rename(part, names[i]); err != nil {
			return nil, unwritten(names[i], err)
		}
	}
	return names, nil
}

// PrintPaper writes a report in one form to w, and names it in the audit log. Of CSV it
// writes the table of that name, or, where that is "*", an archive of all of them.
func (a *App) PrintPaper(ctx context.Context, m *hub.Made, w io.Writer, form document.Form, table, by string) error {
	seal := document.NewSeal(w)
	name := m.Manifest.Report + "." + form.Ending()
	switch {
	case form == document.FormCSV && table == "*":
		files, err := archived(m, w)
		if err != nil {
			return err
		}
		m.Manifest.Files = files
		return a.keepPaper(ctx, m, by)
	case form == document.FormCSV && table != "":
		one, known := m.Document.Table(table)
		if !known {
			return &identity.Error{Kind: identity.Invalid, Field: "table", Err: fmt.Errorf("the report has no table %q", table)}
		}
		name = m.Manifest.Report + "-" + table + ".csv"
		if err := document.CSV(seal, one); err != nil {
			return err
		}
	default:
		if err := m.Document.Write(seal, form); err != nil {
			return err
		}
	}
	m.Manifest.Files = []document.Sealed{seal.File(name)}
	return a.keepPaper(ctx, m, by)
}

// archived writes every table of a report as a file of an archive. The log names the
// files, not the archive.
func archived(m *hub.Made, w io.Writer) (sealed []document.Sealed, err error) {
	files, err := m.Document.Files(m.Manifest.Report, document.FormCSV)
	if err != nil {
		return nil, err
	}
	z := zip.NewWriter(w)
	for _, f := range files {
		into, err := z.Create(f.Name)
		if err != nil {
			return nil, err
		}
		seal := document.NewSeal(into)
		if err := f.Write(seal); err != nil {
			return nil, err
		}
		sealed = append(sealed, seal.File(f.Name))
	}
	return sealed, z.Close()
}

// keepPaper puts a report on record.
func (a *App) keepPaper(ctx context.Context, m *hub.Made, by string) error {
	return a.keepReport(ctx, m, audit.Event{Actor: by, Action: document.Action, Subject: "report:" + m.Manifest.Report, Detail: m.Manifest.Detail()})
}

func unwritten(path string, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "write report", Object: path, Err: err, Hint: "nothing is left of it; name a folder that may be written to"}
}

func writeSealed(path string, f document.File) (document.Sealed, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return document.Sealed{}, err
	}
	seal := document.NewSeal(file)
	err = f.Write(seal)
	return seal.File(f.Name), errors.Join(err, file.Sync(), file.Close())
}

// reportOnSchedule writes the configured reports whenever they are due, until ctx ends.
// Of several programs on one database one does.
func (a *App) reportOnSchedule(ctx context.Context, next func(time.Time) time.Time) {
	for due := next(a.Now()); !due.IsZero() && passes(ctx, due.Sub(a.Now())); due = next(a.Now()) {
		if err := a.ReportDue(ctx, due); err != nil && ctx.Err() == nil {
			a.Log.Error("reports", "error", err)
		}
	}
}

// ReportDue writes the reports that were due at an instant, unless that was done already.
func (a *App) ReportDue(ctx context.Context, due time.Time) error {
	unlock, err := a.Store.Lock(ctx, "reports")
	if err != nil {
		return err
	}
	defer unlock()
	if done, err := a.reportedSince(ctx, due); done || err != nil {
		return err
	}
	written, err := a.WriteReports(ctx, "hub")
	for _, path := range written {
		a.Log.Info("a report was written", "file", path)
	}
	return err
}

// WriteReports writes the configured reports into a folder of their own, and tells the
// owners of what was found.
func (a *App) WriteReports(ctx context.Context, by string) ([]string, error) {
	r := a.Config.Reports
	made, err := a.Papers(ctx, r.Kinds, a.Usual())
	if err != nil || len(made) == 0 {
		return nil, err
	}
	forms := make([]document.Form, len(r.Forms))
	for i, name := range r.Forms {
		forms[i] = document.Form(name)
	}
	dir := filepath.Join(a.path(r.Folder), made[0].Document.Made.UTC().Format("20060102-150405"))
	var out []string
	for i := range made {
		names, err := a.WritePaper(ctx, &made[i], dir, made[i].Manifest.Kind, forms, by)
		if err != nil {
			return out, err
		}
		out = append(out, names...)
	}
	if at := slices.IndexFunc(made, func(m hub.Made) bool { return m.Manifest.Kind == reportCreep }); at >= 0 {
		if _, err := a.ReviewScores(ctx, made[at].Creep); err != nil {
			return out, err
		}
	}
	return out, a.tellOwners(ctx, made, dir)
}

// VerdictOf says what the log knows of a file: each event is handed to it by each.
func VerdictOf(name string, each func(func(audit.Record) error) error) (document.Verdict, *audit.Record, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return document.Verdict{}, nil, &identity.Error{Kind: identity.Invalid, Op: "check report", Err: err}
	}
	var details []map[string]any
	var records []audit.Record
	err = each(func(r audit.Record) error {
		if r.Action == document.Action {
			details, records = append(details, r.Detail), append(records, r)
		}
		return nil
	})
	if err != nil {
		return document.Verdict{}, nil, err
	}
	v := document.Check(filepath.Base(name), data, details)
	if v.Event < 0 {
		return v, nil, nil
	}
	return v, &records[v.Event], nil
}
