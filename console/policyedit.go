package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"birthright/hub"
	"birthright/identity"
)

// editPage is a file of the policy as somebody would have it.
type editPage struct {
	Files   []string
	File    string
	Text    string
	Path    string
	Verdict *hub.DraftVerdict
	Patch   string
	Names   *hub.Page[hub.RuleMember]
	Group   string
	Losing  bool
}

func (c *Console) editPolicy(r *http.Request, v visitor) (view, error) {
	files, err := c.Hub.PolicySources(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	body := editPage{Path: "/policy/edit"}
	for _, f := range files {
		body.Files = append(body.Files, f.Name)
		if wanted := r.FormValue("file"); wanted == f.Name || wanted == "" && body.File == "" {
			body.File, body.Text = f.Name, f.Text
		}
	}
	if body.File == "" {
		return view{}, &identity.Error{Kind: identity.NotFound, Err: errors.New("the policy in force has no such file")}
	}
	return view{Page: "policy-edit.html", Section: "Policy", Title: "Edit the policy", Body: body}, nil
}

// draftSent answers a draft: with a page, with what the script asks for, or with a patch.
func (c *Console) draftSent(w http.ResponseWriter, r *http.Request, v visitor) {
	asked := r.Header.Get("Accept") == "application/json"
	if !asked && r.FormValue("do") != "download" {
		c.answer(c.fitting(c.checkDraft))(w, r, v)
		return
	}
	if err := r.ParseForm(); err != nil || !fits(v.key, r) {
		http.Error(w, "The form was too old, or too large. Load the page again.", http.StatusForbidden)
		return
	}
	out, err := c.draftAnswer(r, v)
	if err != nil {
		status, said := c.told(err)
		http.Error(w, said, status)
		return
	}
	if patch, isPatch := out.(string); isPatch && !asked {
		w.Header().Set("Content-Type", "text/x-patch; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="policy.patch"`)
		_, _ = w.Write([]byte(patch))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// draftAnswer is what a script wants to know of a draft.
func (c *Console) draftAnswer(r *http.Request, v visitor) (any, error) {
	if r.PostFormValue("do") == "complete" {
		return c.Hub.CompletePolicy(r.Context(), v.Actor, r.PostFormValue("before"))
	}
	d, err := c.draftOf(r, v)
	if err != nil {
		return nil, err
	}
	if r.PostFormValue("do") == "check" {
		return c.Hub.TryDraft(r.Context(), v.Actor, d)
	}
	return c.Hub.PolicyPatch(r.Context(), v.Actor, d)
}

// draftOf reads a draft, with the ends of lines that the file in force has.
func (c *Console) draftOf(r *http.Request, v visitor) (hub.PolicyDraft, error) {
	d := hub.PolicyDraft{File: r.PostFormValue("file"), Text: r.PostFormValue("text")}
	files, err := c.Hub.PolicySources(r.Context(), v.Actor)
	for _, f := range files {
		if f.Name == d.File {
			d.Text = hub.KeptLines(d.Text, f.Text)
		}
	}
	return d, err
}

// checkDraft shows a draft with what would come of it.
func (c *Console) checkDraft(r *http.Request, v visitor) (view, error) {
	out, err := c.editPolicy(r, v)
	if err != nil {
		return out, err
	}
	d, err := c.draftOf(r, v)
	if err != nil {
		return out, err
	}
	body, _ := out.Body.(editPage)
	body.Text = d.Text
	verdict, err := c.Hub.TryDraft(r.Context(), v.Actor, d)
	if err != nil {
		return out, err
	}
	body.Verdict = &verdict
	if body.Patch, err = c.Hub.PolicyPatch(r.Context(), v.Actor, d); err != nil {
		return out, err
	}
	if side, group, asked := strings.Cut(r.PostFormValue("names"), " "); asked {
		side, after, _ := strings.Cut(side, "/")
		names, err := c.Hub.DraftPeople(r.Context(), v.Actor, hub.DraftPeople{PolicyDraft: d, Group: group, Losing: side == "lose", After: after, Limit: pageSize})
		if err != nil {
			return out, err
		}
		body.Names, body.Group, body.Losing = &names, group, side == "lose"
	}
	out.Body = body
	return out, nil
}
