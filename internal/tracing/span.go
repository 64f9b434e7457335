package tracing

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"birthright/identity"
)

// mostChanges is how many changes a span names; their number is told in any case.
const mostChanges = 20

// What spans count.
const (
	Users    Count = "users"    // people who were looked at
	Changed  Count = "changed"  // people, records or facts that are not as before
	Changes  Count = "changes"  // steps to be made on a target
	Held     Count = "held"     // what a guard or an ambiguity stopped
	Drift    Count = "drift"    // what a target has and the hub did not make
	Accounts Count = "accounts" // accounts that were read
	Seen     Count = "seen"     // people, or facts, that a source told of
	Gone     Count = "gone"     // people whom a source does not have any more
	Left     Count = "left"     // people who are looked at again later
	Grants   Count = "grants"   // accesses for a time
)

// Count is one of the things that spans count.
type Count string

// Span is one piece of work; nil is one that nobody watches.
type Span struct{ span trace.Span }

// End ends the span. Of an error only its kind is told: its text may name people.
func (s *Span) End(err error) {
	if s == nil {
		return
	}
	if err != nil {
		s.span.SetAttributes(attribute.String("error.type", string(identity.KindOf(err))))
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// Source says which configured source it is about.
func (s *Span) Source(name string) { s.text("birthright.source", name) }

// Target says which configured target it is about.
func (s *Span) Target(name string) { s.text("birthright.target", name) }

// Run is the id of the run that it is part of.
func (s *Span) Run(id string) { s.text("birthright.run", id) }

// Request is the id of the request for access that it is about.
func (s *Span) Request(id string) { s.text("birthright.request", id) }

// Kind says of which sort the work is, in a word of the program's own.
func (s *Span) Kind(word string) { s.text("birthright.kind", word) }

// Outcome is what it came to, in a word of the program's own.
func (s *Span) Outcome(word string) { s.text("birthright.outcome", word) }

// Count says how many there were of something.
func (s *Span) Count(what Count, n int) {
	if s != nil {
		s.span.SetAttributes(attribute.Int("birthright."+string(what), n))
	}
}

// Outcomes says how many changes came to what, by words of the program's own.
func (s *Span) Outcomes(counts map[string]int) {
	if s == nil {
		return
	}
	for word, n := range counts {
		s.span.SetAttributes(attribute.Int("birthright.outcome."+word, n))
	}
}

// Changes names steps by the ids that plans and the audit log give them, the first of them
// where there are many.
func (s *Span) Changes(ids []string) {
	if s != nil {
		s.span.SetAttributes(attribute.StringSlice("birthright.change.ids", ids[:min(len(ids), mostChanges)]))
	}
}

// Answered says by which route a request was served, and how. Names are those of
// OpenTelemetry's conventions for HTTP.
func (s *Span) Answered(method, route string, status int) {
	if s == nil {
		return
	}
	s.span.SetName(method + " " + route)
	s.span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		s.span.SetStatus(codes.Error, "")
	}
}

func (s *Span) text(key, value string) {
	if s != nil && value != "" {
		s.span.SetAttributes(attribute.String(key, value))
	}
}
