package main

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews/document"
)

// writeThere has a running hub make a report, and writes it to the file that a flag names.
// The hub names its sum in the audit log.
func (p *program) writeThere(ctx context.Context, o office, actor approval.Actor, q hub.ReportQuery, f *heldFlags) error {
	form, err := f.form()
	if err != nil {
		return err
	}
	ask := hub.PaperQuery{ReportQuery: q, Form: form}
	if form == document.FormCSV {
		return p.tablesThere(ctx, o, actor, ask, f)
	}
	return p.receive(f.file, func(w io.Writer) error { return o.Hub.Paper(ctx, actor, ask, w) })
}

// receive writes what write brings into a file, and leaves none where that fails.
func (p *program) receive(path string, write func(io.Writer) error) error {
	part, err := os.CreateTemp(filepath.Dir(path), ".birthright-*")
	if err != nil {
		return unreceived(path, err)
	}
	defer os.Remove(part.Name()) // gone where it was given its name
	if err := errors.Join(write(part), part.Close()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return unreceived(path, err)
	}
	p.remark("written to %s; the hub's audit log names its SHA-256 (`birthright report verify %s`)", path, path)
	return nil
}

// tablesThere writes a file for each table: the hub sends them as one archive.
func (p *program) tablesThere(ctx context.Context, o office, actor approval.Actor, ask hub.PaperQuery, f *heldFlags) error {
	archive, err := os.CreateTemp("", "birthright-*")
	if err != nil {
		return err
	}
	defer os.Remove(archive.Name())
	defer archive.Close()
	ask.Table = "*"
	if err := o.Hub.Paper(ctx, actor, ask, archive); err != nil {
		return err
	}
	size, err := archive.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	z, err := zip.NewReader(archive, size)
	if err != nil {
		return &identity.Error{Kind: identity.Incomplete, Op: "read the tables", Err: err}
	}
	base := strings.TrimSuffix(f.file, filepath.Ext(f.file))
	for _, one := range z.File {
		_, table, _ := strings.Cut(filepath.Base(one.Name), ask.Kind+"-")
		if parts := strings.SplitN(table, "-", 4); len(parts) == 4 { // behind the date, the time and the number of the report
			table = parts[3]
		}
		err := p.receive(base+"-"+table, func(w io.Writer) error {
			in, err := one.Open()
			if err != nil {
				return err
			}
			_, err = io.Copy(w, in) //nolint:gosec // as much as the hub sent
			return errors.Join(err, in.Close())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func unreceived(path string, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "write", Object: path, Err: err, Hint: "name a file in a folder that may be written to"}
}
