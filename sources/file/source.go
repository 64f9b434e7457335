package file

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"birthright/identity"
	"birthright/sources"
)

// Source is a file of people. It is safe for concurrent use.
type Source struct {
	config Config
	path   string
	picks  []sources.Pick
	name   string
}

// Pull reads the file twice: for faults, then for people. A file has no history,
// so since is not used and every pull that ends well is complete.
func (s *Source) Pull(ctx context.Context, _ sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	f, err := s.open(ctx)
	if err != nil {
		return sources.Checkpoint{}, err
	}
	defer f.Close()

	checked, sum, err := f.pass(nil)
	if err != nil {
		return sources.Checkpoint{}, err
	}
	var refused error
	told, again, err := f.pass(func(r identity.Record) error {
		refused = sink.Record(r)
		return refused
	})
	if refused != nil {
		return sources.Checkpoint{}, refused
	}
	if ended := ctx.Err(); ended != nil {
		return sources.Checkpoint{}, f.incomplete(ended)
	}
	if changed := f.changed(); changed != nil || sum != again {
		return sources.Checkpoint{}, f.incomplete(errors.New("the file changed while it was read"))
	}
	if err != nil {
		return sources.Checkpoint{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(checked.groups)) {
		members := make([]identity.MemberRef, 0, len(checked.groups[name]))
		for _, key := range checked.groups[name] {
			members = append(members, identity.MemberRef{Key: key})
		}
		if err := sink.Group(identity.SourceGroup{Key: name, Name: name}, members); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return sources.Checkpoint{}, f.incomplete(err)
	}
	return sources.Checkpoint{Complete: true, Seen: told.users}, nil
}

// Probe reads the file for faults and tells each of them.
func (s *Source) Probe(ctx context.Context) (sources.Report, error) {
	report := sources.Report{Users: -1, Groups: -1}
	note := func(check, detail, remedy string, ok bool) {
		report.Findings = append(report.Findings, sources.Finding{OK: ok, Check: check, Detail: detail, Remedy: remedy})
	}
	f, err := s.open(ctx)
	if err != nil {
		note("open", err.Error(), "check path, and who may read it", false)
		return report, ctx.Err()
	}
	defer f.Close()
	report.Reachable = true
	note("open", fmt.Sprintf("%s, last changed %s", s.path, f.before.ModTime().UTC().Format("2006-01-02 15:04:05 UTC")), "", true)

	t, _, err := f.pass(nil)
	var bad *faults
	switch {
	case errors.As(err, &bad):
		for _, one := range bad.list {
			note("read", bad.line(one), "mend the file; until then nothing in it is imported", false)
		}
	case err != nil:
		note("read", err.Error(), "", false)
	default:
		report.Users, report.Groups = t.users, len(t.groups)
		note("read", fmt.Sprintf("%d people, %d groups, key %s", t.users, len(t.groups), t.keyName()), "", true)
	}
	return report, ctx.Err()
}

// opened is the file during one pull.
type opened struct {
	*os.File
	source *Source
	ctx    context.Context
	before fs.FileInfo
	seed   maphash.Seed
}

func (s *Source) op() string { return "read source " + s.name }

func (s *Source) open(ctx context.Context) (*opened, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, sources.Unreadable(s.op(), err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no ordinary file", s.path)
	}
	if err != nil {
		f.Close()
		return nil, &identity.Error{Kind: identity.Invalid, Op: s.op(), Err: err}
	}
	return &opened{File: f, source: s, ctx: ctx, before: info, seed: maphash.MakeSeed()}, nil
}

// pass reads the whole file once, for people if there is tell and else for
// faults, and returns a checksum of what it read.
func (f *opened) pass(tell func(identity.Record) error) (*table, uint64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, 0, f.incomplete(err)
	}
	c := f.source.config
	format, err := c.format()
	if err != nil {
		return nil, 0, err
	}
	bad := &faults{path: f.source.path}
	t := newTable(c, f.source.picks, bad, tell)
	var sum maphash.Hash
	sum.SetSeed(f.seed)
	in := newText(io.TeeReader(alive{f.ctx, f.File}, &sum))
	if format == formatJSON {
		err = readJSON(in, t)
	} else {
		var separator rune
		if separator, err = c.separator(); err == nil {
			err = readCSV(in, separator, c.ListSeparator, t)
		}
	}
	if err == nil && tell == nil {
		err = t.end()
	}
	return t, sum.Sum64(), f.verdict(bad, err)
}

// verdict turns what ended a pass into one error.
func (f *opened) verdict(bad *faults, err error) error {
	var broken *badText
	switch {
	case errors.As(err, &broken):
		_ = bad.add(place{offset: broken.offset}, "%s", broken.why) // the pass is over anyway
	case err != nil && !errors.Is(err, errEnough):
		return f.incomplete(err)
	}
	if len(bad.list) == 0 {
		return nil
	}
	for i, one := range bad.list {
		if one.at.line == 0 && one.at.offset > 0 {
			bad.list[i].at = f.locate(one.at)
		}
	}
	return &identity.Error{Kind: identity.Invalid, Op: f.source.op(), Err: bad, Hint: "nothing of the file is imported until it is without fault"}
}

func (f *opened) locate(at place) place {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return place{}
	}
	return locate(f.File, at.offset, at.loose)
}

// changed compares the file with what it was when it was opened.
func (f *opened) changed() error {
	now, err := f.Stat()
	if err != nil {
		return err
	}
	if now.Size() != f.before.Size() || !now.ModTime().Equal(f.before.ModTime()) {
		return errors.New("size or time differ")
	}
	return nil
}

func (f *opened) incomplete(err error) error {
	return &identity.Error{Kind: identity.Incomplete, Op: f.source.op(), Object: f.source.path, Err: err,
		Hint: "nothing is taken for gone; write a new file beside it and rename it into place, and import again"}
}

// alive is a reader that ends with its context.
type alive struct {
	ctx context.Context
	r   io.Reader
}

func (a alive) Read(b []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.r.Read(b)
}
