// Package document turns a report into files: HTML, CSV, JSON, Markdown and XLSX.
// It is pure: the same document is the same bytes in every form, so that a digest in
// the audit log names a file for good.
//
//	a report ──its author──→ Document: facts, warnings, sections of text, charts, tables
//	                            ├ Write, Files → html  one page: prints, sorts, loads nothing
//	                            │                csv   a file for each table, streamed
//	                            │                json  everything, streamed
//	                            │                md    for tickets and wikis
//	                            │                xlsx  a sheet for each table, typed cells
//	bytes written ──Seal──→ Sealed ─┐
//	inputs, policy version ─────────┴→ Manifest ─Detail→ an event of the audit log
//	a file, details of the log ──Check──→ Verdict: genuine, altered, unknown
//
// What is in a report is its author's business (package reviews and those below it);
// where files go, who is told, and that the event is in the log, is that of whoever
// wires it.
//
// # How to write a report
//
//	d := &document.Document{Title: "Privilege creep", About: "…", Made: now}
//	d.Facts = manifest.Facts()            // its id, policy version, age of each input
//	d.Warnings = []string{"aws was not read completely"}
//	d.Sections = []document.Section{{Title: "People", Tables: []document.Table{{
//		Name:    "surplus",               // file, sheet, key
//		Caption: "What nothing explains",
//		Columns: []document.Column{{Name: "user", Title: "User", Kind: document.KindText}, …},
//		Rows:    rows,                    // iter.Seq[[]Cell], walked through once or more
//	}}}}
//	files, err := d.Files("creep-2026-03", document.FormXLSX)
//	for _, f := range files {
//		seal := document.NewSeal(to(f.Name))
//		err := f.Write(seal)
//		manifest.Files = append(manifest.Files, seal.File(f.Name))
//	}
//	tx.Append(audit.Event{Action: document.Action, Subject: "report:" + manifest.Report, Detail: manifest.Detail()})
//
// And to look at a file later, with the events of the log or of its export:
//
//	verdict := document.Check(name, bytes, details)
//
// A file cannot name its own digest. It names the report's id, and the log the rest.
//
// # Rows
//
// Rows come from an iterator, which must give the same rows each time: some forms
// walk twice (for widths of columns), and every form begins anew. CSV and JSON hold
// one row at a time, so that a million rows take no memory. HTML, Markdown and XLSX
// are opened as a whole by whoever reads them, and are bounded by Limits; the rest is
// counted, and a note says how many rows are left out and where they are. XLSX is
// made in memory, and the library keeps sheets above 16 MiB in the system's folder
// for temporary files meanwhile.
//
// # Whose text it is
//
// Names and reasons come from directories and people. Text is cleaned once (valid
// UTF-8, no control characters, no marks that turn the direction of what stands
// beside them) and escaped by each form: HTML only writes constants unescaped, which
// the type markup sees to; CSV puts an apostrophe before what a spreadsheet would
// compute; Markdown puts a backslash before whatever could be markup or become a
// link; in XLSX a text is a text by its type.
package document
