package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants/approval"
	"birthright/hub"
)

type evidenceDesk interface {
	Evidence(ctx context.Context, a approval.Actor, from, until time.Time, name string, w io.Writer) (*hub.Evidence, error)
}

// evidenceHeader has the sums of an archive, as JSON.
const evidenceHeader = "Birthright-Evidence"

type gathering struct {
	Body struct {
		From  time.Time  `json:"from" doc:"the period begins at this time"`
		Until *time.Time `json:"until,omitempty" doc:"it ends before this time; now where it is left out"`
		Name  string     `json:"name,omitempty" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"what the file is called, for the audit log"`
	}
}

func (s *server) mountEvidence() {
	op := operation("evidence", http.MethodPost, "/evidence", "The evidence of a period as a ZIP archive; its sums are in the header "+evidenceHeader+" and in the audit log")
	op.Responses = map[string]*huma.Response{"200": {Description: "The archive", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	route(s, op, func(ctx context.Context, who approval.Actor, in *gathering) (*huma.StreamResponse, error) {
		name, until := in.Body.Name, time.Time{}
		if name == "" {
			name = "evidence-" + in.Body.From.UTC().Format("20060102") + ".zip"
		}
		if in.Body.Until != nil {
			until = *in.Body.Until
		}
		var made *hub.Evidence
		d, err := spooled(name, "application/zip", func(w io.Writer) (err error) {
			made, err = s.Hub.Evidence(ctx, who, in.Body.From, until, name, w)
			return err
		})
		if err != nil {
			return nil, err
		}
		sums, err := json.Marshal(made)
		d.header[evidenceHeader] = string(sums)
		if err != nil {
			d.drop()
			return nil, err
		}
		return d.answer(s)
	})
}
