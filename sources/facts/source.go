package facts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/sources"
)

// Source is a file of shifts and tickets. It is safe for concurrent use.
type Source struct {
	name, path string
	terms      sources.Terms
}

// Terms says how far the file is believed.
func (s *Source) Terms() sources.Terms { return s.terms }

// Facts reads the whole file and, where it has no fault, tells what is in it.
func (s *Source) Facts(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
	facts, err := s.read(ctx)
	if err != nil {
		return sources.Checkpoint{}, err
	}
	return sources.TellAll(facts, tell)
}

// Probe reads the file for faults and tells each of them.
func (s *Source) Probe(ctx context.Context) (sources.Report, error) {
	report := sources.Report{Users: -1, Groups: -1}
	facts, err := s.read(ctx)
	if ctx.Err() != nil {
		return report, ctx.Err()
	}
	var faults strictyaml.Faults
	switch {
	case errors.As(err, &faults):
		for _, one := range faults {
			report.Findings = append(report.Findings, sources.Finding{Check: "read", Detail: one.Error(), Remedy: "mend the file; until then nothing in it is imported"})
		}
	default:
		report.Findings = append(report.Findings, identity.Found("read", fmt.Sprintf("%s, %s", s.path, counted(facts)), err))
	}
	report.Reachable = err == nil || faults != nil
	return report, nil
}

func counted(facts []identity.Fact) string {
	tickets := 0
	for _, f := range facts {
		if f.Kind == identity.FactTicket {
			tickets++
		}
	}
	return fmt.Sprintf("shifts: %d, tickets: %d", len(facts)-tickets, tickets)
}

// read returns what the file says, or all that is wrong with it.
func (s *Source) read(ctx context.Context) ([]identity.Fact, error) {
	data, err := s.load()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Incomplete, Op: s.op(), Err: err}
	}
	rows, err := reader(s.path)(s.path, data)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: s.op(), Err: err, Hint: "nothing of the file is imported until it is without fault"}
	}
	facts, faults := understood(s.path, rows)
	if len(faults) > 0 {
		return nil, &identity.Error{Kind: identity.Invalid, Op: s.op(), Err: faults.Sorted(), Hint: "nothing of the file is imported until it is without fault"}
	}
	return facts, nil
}

func (s *Source) op() string { return "read source " + s.name }

// load reads the bytes, which must not change meanwhile.
func (s *Source) load() ([]byte, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, sources.Unreadable(s.op(), err)
	}
	defer f.Close()
	before, err := f.Stat()
	if err == nil && !before.Mode().IsRegular() {
		err = fmt.Errorf("%s is no ordinary file", s.path)
	}
	if err == nil && before.Size() > strictyaml.MaxSize {
		err = fmt.Errorf("%s has more than %d MiB: no rota is that long", s.path, strictyaml.MaxSize>>20)
	}
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: s.op(), Err: err}
	}
	data, err := io.ReadAll(f)
	if err == nil {
		var after fs.FileInfo
		if after, err = f.Stat(); err == nil && (after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) || int64(len(data)) != after.Size()) {
			err = errors.New("the file changed while it was read")
		}
	}
	if err != nil {
		return nil, &identity.Error{Kind: identity.Incomplete, Op: s.op(), Object: s.path, Err: err,
			Hint: "write a new file beside it and rename it into place"}
	}
	return data, nil
}
