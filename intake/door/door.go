// Package door takes the shifts and tickets that others send to the hub. It owns who
// may send what, and how it is answered; what a document says is the source's to
// understand, and what follows from it the intake's.
//
//	PUT /facts/NAME ─▶ token of that source? ─▶ Taker ─▶ ImportFacts ─▶ what changed, or every fault
package door

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"birthright/identity"
	"birthright/intake"
	"birthright/internal/strictyaml"
	"birthright/sources"
	"birthright/tokens"
)

// Tokens finds the tokens that sources speak with.
type Tokens interface {
	Token(ctx context.Context, id string) (tokens.Token, error)
	Touch(ctx context.Context, id string, at time.Time) error
}

// Options are what a Door needs.
type Options struct {
	// Takers are the sources that are told by others, by name.
	Takers map[string]sources.Taker
	Tokens Tokens
	// Import makes what a source says the facts that are known of it.
	Import func(ctx context.Context, source string, c sources.Context) (intake.Report, error)
	Now    func() time.Time
	Log    *slog.Logger
}

// Door takes documents. It is safe for concurrent use.
type Door struct{ Options }

// New returns a Door.
func New(o Options) *Door { return &Door{o} }

// Mount adds the door, if there is anybody to come in.
func (d *Door) Mount(mux *http.ServeMux) {
	if len(d.Takers) > 0 {
		mux.HandleFunc("PUT /facts/{source}", d.put)
	}
}

// mostBody bounds a document.
const mostBody = strictyaml.MaxSize

// took is the answer to a document that was taken in.
type took struct {
	Source    string   `json:"source"`
	Seen      int      `json:"seen"`
	Added     int      `json:"added"`
	Changed   int      `json:"changed"`
	Gone      int      `json:"gone"`
	Unmatched []string `json:"unmatched"`
}

func (d *Door) put(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	if !d.admit(w, r, name) {
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "the document is larger than 16 MiB: no rota is that long")
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, "the document broke off; nothing of it was taken in")
		return
	}
	report, err := d.take(r, name, data)
	if err != nil {
		d.fail(w, name, err)
		return
	}
	answer(w, http.StatusOK, "application/json", took{
		name, report.Seen, report.Added, report.Changed, report.Gone, append([]string{}, report.Strangers...),
	})
}

func (d *Door) take(r *http.Request, name string, data []byte) (intake.Report, error) {
	c, err := d.Takers[name].Take(r.Header.Get("Content-Type"), data)
	if err != nil {
		return intake.Report{}, err
	}
	return d.Import(context.WithoutCancel(r.Context()), name, c) // who hangs up has sent it all the same
}

// fail tells what was wrong with a document: all of it that is the sender's to mend.
func (d *Door) fail(w http.ResponseWriter, name string, err error) {
	switch identity.KindOf(err) {
	case identity.Invalid:
		refuse(w, http.StatusUnprocessableEntity, err.Error())
	case identity.Conflict:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusConflict, "another document of this source is being taken in; send yours again")
	default:
		d.Log.Error("facts", "source", name, "error", err)
		refuse(w, http.StatusInternalServerError, "the document could not be taken in; send it again")
	}
}

func refuse(w http.ResponseWriter, status int, detail string) {
	answer(w, status, "application/problem+json", map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}

func answer(w http.ResponseWriter, status int, mediaType string, body any) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever hung up hears nothing
}
