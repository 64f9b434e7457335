package facts

import (
	"context"
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/sources"
)

// Source is a file or a page of shifts and tickets. It is safe for concurrent use.
type Source struct {
	name  string
	from  origin
	terms sources.Terms
}

// origin is where a document comes from.
type origin interface {
	// load returns the document as it is now, whole.
	load(ctx context.Context) (document, error)
	// String says where that is, for people.
	String() string
}

// document is a text with what reads it.
type document struct {
	name string
	data []byte
	rows func(name string, data []byte) ([]row, error)
}

// Terms says how far the file is believed.
func (s *Source) Terms() sources.Terms { return s.terms }

// Close lets go of idle connections.
func (s *Source) Close() error {
	if c, ok := s.from.(interface{ Close() error }); ok {
		return c.Close()
	}
	return nil
}

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
		report.Findings = append(report.Findings, identity.Found("read", fmt.Sprintf("%s, %s", s.from, counted(facts)), err))
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
	d, err := s.from.load(ctx)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Incomplete, Op: op(s.name), Err: err}
	}
	rows, err := d.rows(d.name, d.data)
	if err != nil {
		return nil, s.faulty(err)
	}
	facts, faults := understood(d.name, rows)
	if len(faults) > 0 {
		return nil, s.faulty(faults.Sorted())
	}
	return facts, nil
}

func (s *Source) faulty(err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: op(s.name), Err: err, Hint: "nothing of the file is imported until it is without fault"}
}

func op(source string) string { return "read source " + source }
