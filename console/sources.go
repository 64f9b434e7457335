package console

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rights"
)

type sourceHub interface {
	AllSources(ctx context.Context, a approval.Actor) ([]hub.Source, error)
	Source(ctx context.Context, a approval.Actor, name string) (hub.SourceDetail, error)
	CheckSources(ctx context.Context, a approval.Actor, names []string) ([]hub.Check, error)
	Conversations(ctx context.Context, a approval.Actor, q hub.ConversationQuery) ([]hub.Conversation, error)
	StartImport(ctx context.Context, a approval.Actor, sources []string) (hub.Run, error)
}

// talkShown is how many conversations a page shows.
const talkShown = 25

type sourcesPage struct {
	Sources []hub.Source
	May     map[string]bool
}

// sourcePage is one source.
type sourcePage struct {
	hub.SourceDetail
	Talk   []talk
	Failed bool
	Checks []hub.Check
	May    map[string]bool
}

// talk is a conversation with its bodies laid out.
type talk struct {
	hub.Conversation
	Asked, Answered string
}

func (c *Console) mountSources(d door) {
	d.page("GET /sources", c.sources)
	d.page("GET /sources/{source}", c.source)
	d.slowForm("POST /sources/{source}/check", c.checkSource)
	d.form("POST /sources/{source}/import", c.importSource)
}

func (c *Console) sources(r *http.Request, v visitor) (view, error) {
	found, err := c.Hub.AllSources(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	may, err := c.may(r, v, rights.Import)
	return view{Page: "sources.html", Section: "Sources", Title: "Sources", Body: sourcesPage{Sources: found, May: may}}, err
}

func (c *Console) source(r *http.Request, v visitor) (view, error) {
	name := r.PathValue("source")
	s, err := c.Hub.Source(r.Context(), v.Actor, name)
	if err != nil {
		return view{}, err
	}
	body := sourcePage{SourceDetail: s, Failed: r.URL.Query().Get("failed") != ""}
	if body.May, err = c.may(r, v, rights.Import, rights.Probe, rights.ReadMessages); err != nil {
		return view{}, err
	}
	if s.Pushes && body.May[string(rights.ReadMessages)] {
		said, err := c.Hub.Conversations(r.Context(), v.Actor, hub.ConversationQuery{Source: name, Failed: body.Failed, Limit: talkShown})
		if err != nil {
			return view{}, err
		}
		for i := len(said) - 1; i >= 0; i-- { // the newest first
			body.Talk = append(body.Talk, talk{said[i], laidOut(said[i].Request), laidOut(said[i].Answer)})
		}
	}
	return view{Page: "source.html", Section: "Sources", Title: s.Name, Body: body}, nil
}

// laidOut is JSON for people, "" for none.
func laidOut(body json.RawMessage) string {
	var out bytes.Buffer
	if string(body) == "null" || json.Indent(&out, body, "", "  ") != nil {
		return ""
	}
	return out.String()
}

func (c *Console) checkSource(r *http.Request, v visitor) (view, error) {
	checks, err := c.Hub.CheckSources(r.Context(), v.Actor, []string{r.PathValue("source")})
	if err != nil {
		return view{}, err
	}
	out, err := c.source(r, v)
	if body, ok := out.Body.(sourcePage); ok {
		body.Checks = checks
		out.Body = body
	}
	return out, err
}

func (c *Console) importSource(r *http.Request, v visitor) (view, error) {
	run, err := c.Hub.StartImport(r.Context(), v.Actor, []string{r.PathValue("source")})
	if err != nil {
		return view{}, err
	}
	return goTo("/runs/"+run.ID, "The source is being read."), nil
}
