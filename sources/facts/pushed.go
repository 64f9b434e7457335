package facts

import (
	"context"
	"errors"

	"birthright/identity"
	"birthright/sources"
)

// Pushed is a source whose documents others send to the hub: each is the whole truth.
type Pushed struct {
	*Source
	format string // "" where the media type says it
}

var _ sources.Taker = (*Pushed)(nil)

// Facts fails: there is nowhere to read.
func (p *Pushed) Facts(context.Context, func(identity.Fact) error) (sources.Checkpoint, error) {
	return sources.Checkpoint{}, &identity.Error{
		Kind: identity.Invalid, Op: op(p.name), Err: errors.New("it is sent to the hub; there is nothing to read"), Hint: "PUT the whole document to /facts/" + p.name,
	}
}

// Probe finds nothing to reach: it tells how the other side gets in.
func (p *Pushed) Probe(context.Context) (sources.Report, error) {
	return sources.Report{Reachable: true, Users: -1, Groups: -1, Findings: []sources.Finding{{
		OK: true, Check: "push", Detail: "whoever tells it puts the whole document to /facts/" + p.name + " with a token: birthright token create --source " + p.name,
	}}}, nil
}

// Take implements sources.Taker.
func (p *Pushed) Take(contentType string, data []byte) (sources.Context, error) {
	rows, err := readerOf(p.format, contentType, "")
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: op(p.name), Err: err}
	}
	return &Source{name: p.name, terms: p.terms, from: sent{document{"document", data, rows}}}, nil
}

// sent is a document that is there already.
type sent struct{ document }

func (s sent) load(context.Context) (document, error) { return s.document, nil }

// String names it.
func (s sent) String() string { return s.name }
