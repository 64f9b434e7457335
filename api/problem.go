package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// Problem is what went wrong, as RFC 9457 writes it.
type Problem struct {
	huma.ErrorModel
	// Hint says what can be done about it.
	Hint string `json:"hint,omitempty"`
	// Faults are what is wrong in files that were sent, each with its place.
	Faults []Fault `json:"faults,omitempty"`
}

// Fault is one thing that is wrong in a file. Line and column count from 1; both are 0
// where it has no place in the file.
type Fault struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// statuses are those of the kinds of error; a kind without one is a fault of ours.
var statuses = map[identity.Kind]int{
	identity.Invalid:     http.StatusUnprocessableEntity,
	identity.NotFound:    http.StatusNotFound,
	identity.Denied:      http.StatusForbidden,
	identity.Conflict:    http.StatusConflict,
	identity.Held:        http.StatusConflict,
	identity.Throttled:   http.StatusTooManyRequests,
	identity.Unavailable: http.StatusServiceUnavailable,
	identity.Incomplete:  http.StatusServiceUnavailable,
}

// problem is what the sender of a request is told of an error. What is no business of
// the sender's is in the log.
func (s *server) problem(method string, err error) error {
	status := statuses[identity.KindOf(err)]
	switch status {
	case 0:
		return s.fault(err)
	case http.StatusServiceUnavailable:
		s.Log.Error("api", "error", err)
		if of := (*spokenError)(nil); errors.As(err, &of) {
			break
		}
		return plain(status, "The hub cannot answer at present; try again later.")
	}
	var e *identity.Error
	errors.As(err, &e)
	p := plain(status, outline(e))
	p.Hint = spoken(e.Hint)
	p.Errors = details(method, e)
	p.Faults = faultsIn(err)
	return p
}

func faultsIn(err error) []Fault {
	var faults strictyaml.Faults
	errors.As(err, &faults)
	out := make([]Fault, len(faults))
	for i, f := range faults {
		out[i] = Fault{f.File, f.Line, f.Column, f.Message}
	}
	return out
}

// spokenError is trouble with a system of somebody else that the sender is told of as it
// is: whoever looks after that system asked.
type spokenError struct{ error }

func (e *spokenError) Unwrap() error { return e.error }

// spokenOf has the sender told what is wrong with the system that was asked.
func spokenOf(err error) error {
	if err == nil {
		return nil
	}
	return &spokenError{err}
}

// fault is a fault of ours: its id finds it in the log.
func (s *server) fault(what any) *Problem {
	id := s.NewID()
	s.Log.Error("api: a fault of the hub", "id", id, "error", what)
	p := plain(http.StatusInternalServerError, "Something went wrong in the hub; its log says what, under this id.")
	p.Instance = "urn:uuid:" + id
	return p
}

func plain(status int, detail string) *Problem {
	return &Problem{ErrorModel: huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail}}
}

// outline is the error without its hint.
func outline(e *identity.Error) string {
	short := *e
	short.Hint = ""
	return short.Error()
}

// spoken is a hint unless it is about the command line.
func spoken(hint string) string {
	if strings.Contains(hint, "`birthright") || strings.HasPrefix(hint, "--") {
		return ""
	}
	return hint
}

// details are the parts of the input that are wrong.
func details(method string, err error) []*huma.ErrorDetail {
	if joined, several := err.(interface{ Unwrap() []error }); several {
		var out []*huma.ErrorDetail
		for _, part := range joined.Unwrap() {
			out = append(out, details(method, part)...)
		}
		return out
	}
	e, ok := err.(*identity.Error) //nolint:errorlint // each layer is looked at in turn
	if ok && e.Field != "" {
		where := "body."
		if method == http.MethodGet {
			where = "query."
		}
		return []*huma.ErrorDetail{{Message: outline(e), Location: where + e.Field}}
	}
	if inner := errors.Unwrap(err); inner != nil {
		return details(method, inner)
	}
	return nil
}

// quiet keeps what somebody sent as a whole out of the answer: it may be a secret in the
// wrong place.
func quiet(_ huma.Context, _ string, v any) (any, error) {
	if m, ok := v.(*huma.ErrorModel); ok {
		for _, d := range m.Errors {
			if d != nil && (d.Location == "body" || d.Location == "") {
				d.Value = nil
			}
		}
	}
	return v, nil
}

// write answers with a problem outside of any route.
func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
