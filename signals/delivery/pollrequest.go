package delivery

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"birthright/identity"
	"birthright/internal/peertext"
)

// mostRequest bounds the body of a poll: room for some ten thousand
// acknowledgements.
const mostRequest = 1 << 20

// pollRequest is the body of a poll (RFC 8936 section 2.2). Members that it does
// not have are passed over.
type pollRequest struct {
	MaxEvents         *int                `json:"maxEvents"`
	ReturnImmediately bool                `json:"returnImmediately"`
	Ack               []string            `json:"ack"`
	SetErrs           map[string]setError `json:"setErrs"`
}

// setError says why a receiver will not take an event.
type setError struct {
	Err         string `json:"err"`
	Description string `json:"description"`
}

// text is the reason for people.
func (e setError) text() string {
	text := peertext.Clip(e.Err, 40)
	if e.Description != "" {
		text += ": " + peertext.Clip(e.Description, 300)
	}
	return text
}

// readPoll reads the body of a poll. No body is an empty object.
func readPoll(w http.ResponseWriter, q *http.Request) (pollRequest, error) {
	var in pollRequest
	body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, mostRequest))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return in, invalid(fmt.Errorf("the request is larger than %d bytes", large.Limit))
	case err != nil:
		return in, invalid(err)
	case len(body) == 0:
		return in, nil
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return in, invalid(fmt.Errorf("the request is not what RFC 8936 describes: %w", err))
	}
	if in.MaxEvents != nil && *in.MaxEvents < 0 {
		return in, invalid(errors.New("maxEvents is negative"))
	}
	return in, nil
}

func invalid(err error) error { return &identity.Error{Kind: identity.Invalid, Err: err} }

// limit is how many events may be given; 0 where the receiver only acknowledges.
func (in pollRequest) limit() int {
	if in.MaxEvents == nil {
		return usualEvents
	}
	return min(*in.MaxEvents, mostEvents)
}

// ids are the events that the receiver says something about. Of one that is both
// acknowledged and refused, the refusal counts.
func (in pollRequest) ids() []string {
	return slices.Concat(in.Ack, slices.Sorted(maps.Keys(in.SetErrs)))
}
