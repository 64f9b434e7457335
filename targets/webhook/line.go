package webhook

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
)

// line sends the messages.
type line struct {
	client  *httpkit.Client
	base    string
	dir     string
	secrets []secret.Ref // the one that holds first; none where it is simulated
	now     func() time.Time
	batch   int
	sim     *sim.Transport

	mu   sync.Mutex
	keys [][]byte // nil until needed, and after a 401
}

// Calls returns how many requests were sent.
func (l *line) Calls() int64 { return l.client.Calls() }

// Close lets go of connections.
func (l *line) Close() error {
	l.client.Close()
	if l.sim != nil {
		return l.sim.Close()
	}
	return nil
}

// Describe asks what the receiver is.
func (l *line) Describe(ctx context.Context) (handoff.Description, error) {
	var d handoff.Description
	return d, l.get(ctx, httpkit.Request{Method: http.MethodGet, Path: "/"}, &d)
}

// State asks for a page of what it holds.
func (l *line) State(ctx context.Context, ask handoff.Ask) (handoff.Page, error) {
	var p handoff.Page
	return p, l.get(ctx, httpkit.Request{Method: http.MethodGet, Path: "/state", Query: ask.Query()}, &p)
}

// Status asks what became of a key.
func (l *line) Status(ctx context.Context, key, address string) (handoff.Result, error) {
	r := httpkit.Request{Method: http.MethodGet, Path: "/ops/" + url.PathEscape(key)}
	if address != "" {
		if address[0] == '/' {
			address = l.prefix() + address
		}
		at, _, err := l.client.At(r, address)
		if err != nil {
			return handoff.Result{}, err
		}
		r = at
	}
	var out handoff.Result
	return out, l.get(ctx, r, &out)
}

// get reads something.
func (l *line) get(ctx context.Context, r httpkit.Request, out any) error {
	if err := l.sign(ctx, &r, rand.Text()); err != nil {
		return err
	}
	_, err := l.client.JSON(ctx, r, nil, out)
	return l.fault(r, err)
}

// fault gives an error its kind. After a 401 the secrets are read again.
func (l *line) fault(r httpkit.Request, err error) error {
	f := httpkit.AsFailure(err)
	if f == nil {
		return err
	}
	if f.Status == http.StatusUnauthorized {
		l.mu.Lock()
		l.keys = nil
		l.mu.Unlock()
	}
	return &identity.Error{Kind: f.Kind(), Op: "ask the receiver", Err: f}
}

// Send implements handoff.Line.
func (l *line) Send(ctx context.Context, wants []targets.Op, ops []handoff.Op) []handoff.Answer {
	if l.batch > 1 {
		return l.sendBatch(ctx, wants, ops)
	}
	answers := make([]handoff.Answer, len(ops))
	for i, op := range ops {
		answers[i] = l.sendOne(ctx, wants[i], op)
	}
	return answers
}

func (l *line) sendOne(ctx context.Context, want targets.Op, op handoff.Op) handoff.Answer {
	resp, err := l.post(ctx, "/ops", op.Key, want.Action.Removes(), op)
	if err != nil {
		return l.refusal(want, op.Key, err)
	}
	var r handoff.Result
	if err := resp.Decode(&r); err != nil {
		return handoff.Answer{Result: httpkit.Result(want, err)}
	}
	a := handoff.Answered(want, op.Key, r, l.now())
	switch {
	case (resp.Status == http.StatusAccepted) != (r.Outcome == handoff.Pending):
		return handoff.Lost(want, errors.New("the status and the outcome of the answer do not go together"))
	case a.Outcome == targets.Pending && a.Status == "":
		a.Status = resp.Header.Get("Location")
	}
	return a
}

// refusal reads an answer that is no success. What the receiver itself says counts;
// what something in between says, as its status means.
func (l *line) refusal(want targets.Op, key string, err error) handoff.Answer {
	f := httpkit.AsFailure(err)
	if f == nil {
		return handoff.NotSent(want, err)
	}
	_ = l.fault(httpkit.Request{}, err)
	var r handoff.Result
	if json.Unmarshal(f.Body, &r) == nil && r.Version == handoff.Version && r.Key == key && agrees(f.Status, r.Outcome) {
		a := handoff.Answered(want, key, r, l.now())
		if !f.RetryAt.IsZero() {
			a.RetryAt = f.RetryAt
		}
		return a
	}
	return handoff.Answer{Result: httpkit.Result(want, err)}
}

// agrees reports whether a status can stand with an outcome: a gateway that failed is
// not overruled by an old body.
func agrees(status int, outcome string) bool {
	switch {
	case status >= http.StatusInternalServerError:
		return outcome == handoff.Failed || outcome == handoff.Throttled && status == http.StatusServiceUnavailable
	case status == http.StatusTooManyRequests:
		return outcome == handoff.Throttled
	case status == http.StatusConflict:
		return outcome == handoff.Already || outcome == handoff.Conflict
	case status == http.StatusNotFound, status == http.StatusGone:
		return outcome == handoff.Stale
	}
	return outcome == handoff.Refused || outcome == handoff.Conflict || outcome == handoff.Stale
}

func (l *line) sendBatch(ctx context.Context, wants []targets.Op, ops []handoff.Op) []handoff.Answer {
	removes := false
	for _, w := range wants {
		removes = removes || w.Action.Removes()
	}
	var out handoff.Results
	resp, err := l.post(ctx, "/batch", rand.Text(), removes, handoff.Batch{Version: handoff.Version, Ops: ops})
	if err == nil {
		err = resp.Decode(&out)
	}
	if err == nil && (out.Version != handoff.Version || len(out.Results) != len(ops)) {
		err = &httpkit.Failure{Request: "POST /batch", Sent: true, Status: http.StatusOK, Err: errors.New("the answer does not have one result for each op")}
	}
	answers := make([]handoff.Answer, len(ops))
	for i := range ops {
		if err != nil {
			answers[i] = l.whole(wants[i], err)
			continue
		}
		answers[i] = handoff.Answered(wants[i], ops[i].Key, out.Results[i], l.now())
	}
	return answers
}

// whole is what the failure of a batch means to one of its ops.
func (l *line) whole(want targets.Op, err error) handoff.Answer {
	if httpkit.AsFailure(err) == nil {
		return handoff.NotSent(want, err)
	}
	_ = l.fault(httpkit.Request{}, err)
	return handoff.Answer{Result: httpkit.Result(want, err)}
}

func (l *line) post(ctx context.Context, path, id string, removes bool, body any) (*httpkit.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r := httpkit.Request{
		Method: http.MethodPost, Path: path, Body: data, ContentType: "application/json", Accept: "application/json", Removes: removes,
		Header: map[string]string{handoff.HeaderKey: id},
	}
	if err := l.sign(ctx, &r, id); err != nil {
		return nil, err
	}
	return l.client.Do(ctx, r)
}

// sign adds the headers that prove whose request it is.
func (l *line) sign(ctx context.Context, r *httpkit.Request, id string) error {
	keys, err := l.reveal(ctx)
	if err != nil || len(keys) == 0 {
		return err
	}
	uri := l.prefix() + r.Path
	if len(r.Query) > 0 {
		uri += "?" + r.Query.Encode()
	}
	at := l.now()
	if r.Header == nil {
		r.Header = map[string]string{}
	}
	r.Header[handoff.HeaderID] = id
	r.Header[handoff.HeaderTimestamp] = strconv.FormatInt(at.Unix(), 10)
	r.Header[handoff.HeaderSignature] = handoff.Sign(keys, id, at, handoff.Content(r.Method, uri, r.Body))
	return nil
}

// prefix is the path that the receiver's own paths follow.
func (l *line) prefix() string {
	u, err := url.Parse(l.base)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.EscapedPath(), "/")
}

// reveal reads the secrets, once until a 401 says that they are no longer good.
func (l *line) reveal(ctx context.Context) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keys != nil {
		return l.keys, nil
	}
	var keys [][]byte
	for _, ref := range l.secrets {
		if ref.IsZero() {
			continue
		}
		value, err := ref.Reveal(ctx, l.dir)
		if err != nil {
			return nil, err
		}
		key, err := handoff.SecretKey(value)
		if err != nil {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "read secret", Object: ref.Reference(), Err: err}
		}
		keys = append(keys, key)
	}
	l.keys = keys
	return keys, nil
}
