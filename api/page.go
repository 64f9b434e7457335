package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// PagePath is where people read what the API can do.
const PagePath = "/docs"

// described is the API as its page shows it.
type described struct {
	Title, Version, Description, Prefix string
	Nouns                               []describedNoun
}

type describedNoun struct {
	Name       string
	Operations []describedOperation
}

type describedOperation struct {
	Method, Path, Summary string
	Parameters            []describedField
	Body, Answer          []describedField
}

// describedField is a parameter, or a field of a body.
type describedField struct {
	Name, In, Kind, Doc string
	Required            bool
}

// page serves what the OpenAPI document says, for people. It is made once: the routes do
// not change while the program runs.
func (s *server) page() http.HandlerFunc {
	made := sync.OnceValue(func() described { return describe(s.api.OpenAPI()) })
	style := sha256.Sum256([]byte(pageStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'; base-uri 'none'; frame-ancestors 'none'"
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		if err := pageTemplate.Execute(w, made()); err != nil {
			s.Log.Debug("api: the page was not taken", "error", err)
		}
	}
}

func describe(o *huma.OpenAPI) described {
	d := described{Title: o.Info.Title, Version: o.Info.Version, Description: o.Info.Description, Prefix: Prefix}
	by := map[string]*describedNoun{}
	for path, item := range o.Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
		} {
			if op == nil {
				continue
			}
			noun := nounOf(path)
			if by[noun] == nil {
				by[noun] = &describedNoun{Name: noun}
			}
			by[noun].Operations = append(by[noun].Operations, describeOperation(o, method, path, op))
		}
	}
	for _, noun := range by {
		slices.SortFunc(noun.Operations, func(a, b describedOperation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
		d.Nouns = append(d.Nouns, *noun)
	}
	slices.SortFunc(d.Nouns, func(a, b describedNoun) int { return cmp.Compare(a.Name, b.Name) })
	return d
}

func describeOperation(o *huma.OpenAPI, method, path string, op *huma.Operation) describedOperation {
	out := describedOperation{Method: method, Path: path, Summary: op.Summary}
	for _, p := range op.Parameters {
		f := describedField{Name: p.Name, In: p.In, Required: p.Required, Doc: p.Description}
		if p.Schema != nil {
			f.Kind, f.Doc = kindOf(p.Schema), cmp.Or(p.Description, p.Schema.Description)
		}
		out.Parameters = append(out.Parameters, f)
	}
	if op.RequestBody != nil {
		out.Body = fieldsOf(o, op.RequestBody.Content["application/json"])
	}
	for _, status := range []string{"200", "201", "202"} {
		if r := op.Responses[status]; r != nil {
			out.Answer = fieldsOf(o, r.Content["application/json"])
		}
	}
	return out
}

// fieldsOf are the fields of a body, by name.
func fieldsOf(o *huma.OpenAPI, m *huma.MediaType) []describedField {
	if m == nil || m.Schema == nil {
		return nil
	}
	schema := m.Schema
	if schema.Ref != "" {
		schema = o.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	var out []describedField
	for name, p := range schema.Properties {
		if strings.HasPrefix(name, "$") {
			continue
		}
		out = append(out, describedField{Name: name, Kind: kindOf(p), Doc: p.Description, Required: slices.Contains(schema.Required, name)})
	}
	slices.SortFunc(out, func(a, b describedField) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// kindOf is what a value is, in a word or two.
func kindOf(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			words[i], _ = e.(string)
		}
		return strings.Join(words, " | ")
	case s.Type == huma.TypeArray && s.Items != nil:
		return "list of " + kindOf(s.Items)
	case s.Format != "":
		return s.Format
	}
	return s.Type
}

var pageTemplate = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API · Birthright</title>
<style>` + pageStyle + `</style>
</head>
<body>
<main>
<h1>The API</h1>
<p>{{.Description}} Programs read the same as <a href="{{.Prefix}}/openapi.json">OpenAPI 3.1</a>. All calls are below <code>{{.Prefix}}</code> and take a bearer token: <code>Authorization: Bearer br_…</code></p>
<nav aria-label="Parts"><ul>{{range .Nouns}}<li><a href="#{{.Name}}">{{.Name}}</a></li>{{end}}</ul></nav>
{{range .Nouns}}<section aria-labelledby="{{.Name}}"><h2 id="{{.Name}}">{{.Name}}</h2>
{{range .Operations}}<details><summary><b>{{.Method}}</b> <code>{{.Path}}</code> <span>{{.Summary}}</span></summary>
{{template "fields" .Parameters}}{{if .Body}}<h3>Body</h3>{{template "fields" .Body}}{{end}}{{if .Answer}}<h3>Answer</h3>{{template "fields" .Answer}}{{end}}</details>
{{end}}</section>{{end}}
</main>
</body>
</html>
{{define "fields"}}{{if .}}<ul>{{range .}}<li><code>{{.Name}}</code> <i>{{.Kind}}{{if .In}}, in the {{.In}}{{end}}{{if .Required}}, needed{{end}}</i>{{if .Doc}}: {{.Doc}}{{end}}</li>{{end}}</ul>{{end}}{{end}}`))

const pageStyle = `
:root { font: 16px/1.5 system-ui, sans-serif; --ink: #1b2330; --ground: #ffffff; --soft: #525d6e; --line: #d9dee6; --link: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf1; --ground: #10141a; --soft: #a4afbf; --line: #2d3643; --link: #8ab4f8; } }
body { margin: 0; background: var(--ground); color: var(--ink); }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
a { color: var(--link); }
h2 { margin: 2rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { margin: .75rem 0 .25rem; font-size: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .4rem 1rem; padding: 0; list-style: none; }
nav a { display: inline-block; min-height: 1.5rem; }
summary { cursor: pointer; padding: .35rem 0; overflow-wrap: anywhere; }
summary span, i { color: var(--soft); }
li { overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
`
