package receiver

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"birthright/internal/handoff"
)

// mostBody bounds a request.
const mostBody = 4 << 20

// ServeHTTP answers the protocol.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, mostBody))
	if err != nil {
		problem(w, http.StatusRequestEntityTooLarge, handoff.Result{Outcome: handoff.Refused, Detail: "the request is too large"})
		return
	}
	if err := r.authentic(req, body); err != nil {
		problem(w, http.StatusUnauthorized, handoff.Result{Outcome: handoff.Refused, Detail: err.Error()})
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", r.describe)
	mux.HandleFunc("GET /ops/{key}", r.serveStatus)
	mux.HandleFunc("GET /state", r.serveState)
	mux.HandleFunc("POST /ops", func(w http.ResponseWriter, _ *http.Request) { r.serveOp(w, body) })
	mux.HandleFunc("POST /batch", func(w http.ResponseWriter, _ *http.Request) { r.serveBatch(w, body) })
	mux.ServeHTTP(w, req)
}

// authentic checks the signature. A request that is sent again within the window has
// a key that is known, and no effect.
func (r *Receiver) authentic(req *http.Request, body []byte) error {
	if r.o.Secrets == nil {
		return nil
	}
	secrets, err := r.o.Secrets()
	if err != nil {
		return err
	}
	keys := make([][]byte, len(secrets))
	for i, s := range secrets {
		if keys[i], err = handoff.SecretKey(s); err != nil {
			return err
		}
	}
	return handoff.Verify(keys, req.Header, handoff.Content(req.Method, req.RequestURI, body), r.o.Now())
}

func (r *Receiver) describe(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, "application/json", r.description())
}

func (r *Receiver) description() handoff.Description {
	batch := r.o.Batch
	if batch == 0 {
		batch = 100
	}
	return handoff.Description{Version: handoff.Version, Name: r.o.Name, Abilities: r.o.Abilities, State: !r.o.NoState, Batch: batch}
}

func (r *Receiver) serveOp(w http.ResponseWriter, body []byte) {
	var op handoff.Op
	if err := decode(body, &op); err != nil || op.Version != handoff.Version || op.Key == "" {
		problem(w, http.StatusBadRequest, handoff.Result{Key: op.Key, Outcome: handoff.Refused, Detail: unreadable(err)})
		return
	}
	tell(w, r.apply(op))
}

func (r *Receiver) serveBatch(w http.ResponseWriter, body []byte) {
	var b handoff.Batch
	if err := decode(body, &b); err != nil || b.Version != handoff.Version {
		problem(w, http.StatusBadRequest, handoff.Result{Outcome: handoff.Refused, Detail: unreadable(err)})
		return
	}
	out := handoff.Results{Version: handoff.Version, Results: []handoff.Result{}}
	for _, op := range b.Ops {
		out.Results = append(out.Results, r.apply(op))
	}
	answer(w, http.StatusOK, "application/json", out)
}

func unreadable(err error) string {
	if err != nil {
		return err.Error()
	}
	return "this receiver speaks version " + strconv.Itoa(handoff.Version) + " of the protocol, and an op needs a key"
}

func (r *Receiver) serveStatus(w http.ResponseWriter, req *http.Request) {
	result, known := r.status(req.PathValue("key"))
	if !known {
		problem(w, http.StatusNotFound, handoff.Result{Key: req.PathValue("key"), Outcome: handoff.Stale, Detail: "there is no such key"})
		return
	}
	answer(w, http.StatusOK, "application/json", result)
}

func (r *Receiver) serveState(w http.ResponseWriter, req *http.Request) {
	if r.o.NoState {
		problem(w, http.StatusNotFound, handoff.Result{Outcome: handoff.Stale, Detail: "this receiver lists nothing"})
		return
	}
	ask, err := handoff.ParseAsk(req.URL.Query())
	if err != nil {
		problem(w, http.StatusBadRequest, handoff.Result{Outcome: handoff.Refused, Detail: err.Error()})
		return
	}
	answer(w, http.StatusOK, "application/json", r.page(ask))
}

// statuses are the outcomes in HTTP.
var statuses = map[string]int{
	handoff.Done: http.StatusOK, handoff.Already: http.StatusOK, handoff.Pending: http.StatusAccepted, handoff.Refused: http.StatusUnprocessableEntity,
	handoff.Conflict: http.StatusUnprocessableEntity, handoff.Stale: http.StatusNotFound, handoff.Throttled: http.StatusTooManyRequests,
}

// tell answers a single op.
func tell(w http.ResponseWriter, result handoff.Result) {
	status, known := statuses[result.Outcome]
	if !known {
		status = http.StatusInternalServerError
	}
	if status >= http.StatusBadRequest {
		problem(w, status, result)
		return
	}
	if result.Status != "" {
		w.Header().Set("Location", result.Status)
	}
	answer(w, status, "application/json", result)
}

// problem answers a refusal (RFC 9457).
func problem(w http.ResponseWriter, status int, result handoff.Result) {
	result.Version = handoff.Version
	if result.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(result.RetryAfter))
	}
	answer(w, status, "application/problem+json", struct {
		handoff.Result
		Title string `json:"title"`
		Code  int    `json:"http_status"`
	}{result, http.StatusText(status), status})
}

func answer(w http.ResponseWriter, status int, contentType string, body any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who has gone does not hear it
}
