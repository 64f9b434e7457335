package entra

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// inner is one request of a batch.
type inner struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

// reply is the answer to one request of a batch.
type reply struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    rawJSON           `json:"body"`
}

// rawJSON is a body as it came.
type rawJSON []byte

// UnmarshalJSON keeps data.
func (r *rawJSON) UnmarshalJSON(data []byte) error {
	*r = append((*r)[:0], data...)
	return nil
}

// batch sends each change as a request of its own, all of them in one.
func (a *application) batch(part []change) {
	requests := make([]inner, len(part))
	was := make([]bool, len(part))
	removes := true
	for n, c := range part {
		requests[n] = a.inner(n, c)
		was[n] = a.ops[c.i].Action == targets.Remove && a.t.settled(c.pair())
		removes = removes && a.ops[c.i].Action == targets.Remove
	}
	var answer struct {
		Responses []reply `json:"responses"`
	}
	worked := false
	a.all(part, func(op targets.Op) targets.Result {
		_, err := a.t.client.JSON(a.ctx, httpkit.Request{
			Method: http.MethodPost, Path: "/$batch", Scope: writes, Cost: len(part), Removes: removes,
		}, map[string]any{"requests": requests}, &answer)
		worked = err == nil
		return written(op, "", err)
	})
	if !worked {
		return
	}
	replies := map[string]reply{}
	for _, r := range answer.Responses {
		replies[r.ID] = r
	}
	for n, c := range part {
		r, ok := replies[strconv.Itoa(n)]
		if !ok {
			a.results[c.i] = targets.Failed(a.ops[c.i], targets.Unknown, identity.Unavailable, errors.New("the batch came back without an answer to this"))
			continue
		}
		a.results[c.i] = a.judge(c, was[n], a.t.failure(requests[n], r)) // what one was told is about that one
		if hopeless(a.results[c.i]) {
			a.halted = a.results[c.i].Err
		}
	}
}

// inner is the request that makes c. What removes ends in /$ref, or it would delete
// the person.
func (a *application) inner(n int, c change) inner {
	at := inner{ID: strconv.Itoa(n)}
	if a.ops[c.i].Action == targets.Remove {
		at.Method, at.URL = http.MethodDelete, "/groups/"+c.g.ID+"/members/"+c.id+"/$ref"
		return at
	}
	at.Method, at.URL = http.MethodPost, "/groups/"+c.g.ID+"/members/$ref"
	at.Headers = map[string]string{"Content-Type": "application/json"}
	at.Body = map[string]string{"@odata.id": a.t.ref(c.id)}
	return at
}

// failure is a reply as the kit would have it; nil for a success.
func (t *Target) failure(asked inner, r reply) error {
	if r.Status/100 == 2 {
		return nil
	}
	f := &httpkit.Failure{Request: asked.Method + " " + asked.URL, Sent: true, Status: r.Status, Body: r.Body}
	f.RetryAt = httpkit.RetryAfter(r.Headers["Retry-After"], t.now())
	text := words(f)
	f.Type = code(r.Body)
	f.Err = fmt.Errorf("HTTP %d %s, %s: %s", r.Status, http.StatusText(r.Status), f.Type, clip(text))
	if r.Status == http.StatusForbidden {
		f.Hint = "the app needs GroupMember.ReadWrite.All, and more for groups that carry roles"
	}
	return f
}
