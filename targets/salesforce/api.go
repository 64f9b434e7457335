package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
)

// record is one row, by field name.
type record = map[string]any

// text returns a field that is text, "" where it is not.
func text(r record, name string) string {
	s, _ := r[name].(string)
	return s
}

// queryPage is a page of a SOQL answer.
type queryPage struct {
	TotalSize *int     `json:"totalSize"`
	Done      *bool    `json:"done"`
	Next      string   `json:"nextRecordsUrl"`
	Records   []record `json:"records"`
}

// query runs "SELECT fields FROM object WHERE where" to its end. What comes must be rows
// of that object, each once, and as many as the first page said.
func (t *Target) query(ctx context.Context, fields, object, where string, take func(record) error) error {
	soql := "SELECT " + fields + " FROM " + object
	if where != "" {
		soql += " WHERE " + where
	}
	first := httpkit.Request{Method: http.MethodGet, Path: t.root + "/query", Query: url.Values{"q": {soql}}, Accept: "application/json"}
	seen, total := map[string]bool{}, -1
	var p queryPage
	next := func(r httpkit.Request, _ *httpkit.Response) (httpkit.Request, bool, error) {
		if *p.Done {
			return r, false, nil
		}
		return t.client.At(r, p.Next)
	}
	for resp, err := range t.client.Pages(ctx, first, next) {
		if err != nil {
			return err
		}
		p = queryPage{}
		if err := json.Unmarshal(resp.Body, &p); err != nil || p.TotalSize == nil || p.Done == nil || !*p.Done && p.Next == "" {
			return torn(object, "the answer is no page of a query")
		}
		if total >= 0 && *p.TotalSize != total {
			return torn(object, fmt.Sprintf("the number of rows changed from %d to %d while they were read", total, *p.TotalSize))
		}
		total = *p.TotalSize
		for _, r := range p.Records {
			about, _ := r["attributes"].(record)
			id := text(r, "Id")
			switch {
			case text(about, "type") != object:
				return torn(object, "the answer has rows of "+text(about, "type"))
			case id == "" || seen[id]:
				return torn(object, "a row came twice, or without Id")
			}
			seen[id] = true
			if err := take(r); err != nil {
				return err
			}
		}
	}
	if len(seen) != total {
		return torn(object, fmt.Sprintf("there are said to be %d rows, and %d came", total, len(seen)))
	}
	return nil
}

// torn is the error for a list that is not whole.
func torn(object, why string) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: object, Err: errors.New(why), Hint: "nothing is concluded from it; the next run reads again"}
}

// literal writes text as a SOQL string, which no text can end early.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`, "\f", `\f`).Replace(s) + "'"
}

// within is a condition that field is one of values.
func within(field string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = literal(v)
	}
	return field + " IN (" + strings.Join(quoted, ",") + ")"
}

// mostText is how long the values of one query may be: addresses have a limit.
const mostText = 4000

// portions splits values so that each query stays short.
func portions(values []string) [][]string {
	var out [][]string
	size := mostText + 1
	for _, v := range values {
		n := len(url.QueryEscape(literal(v))) + 3
		if size+n > mostText {
			out, size = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], v)
		size += n
	}
	return out
}

// fault is an error of a request, or of one record in it.
type fault struct {
	StatusCode string   `json:"statusCode"`
	ErrorCode  string   `json:"errorCode"`
	Message    string   `json:"message"`
	Fields     []string `json:"fields"`
}

// Code is the word for what is wrong.
func (f fault) Code() string {
	if f.StatusCode != "" {
		return f.StatusCode
	}
	return f.ErrorCode
}

// saved is what became of one record.
type saved struct {
	ID      string  `json:"id"`
	Success *bool   `json:"success"`
	Errors  []fault `json:"errors"`
}

// atOnce is how many records one request may carry.
const atOnce = 200

// write saves up to atOnce records, each on its own.
func (t *Target) write(ctx context.Context, method string, records []record, removes bool) ([]saved, error) {
	in := struct {
		AllOrNone bool     `json:"allOrNone"`
		Records   []record `json:"records"`
	}{false, records}
	return t.send(ctx, httpkit.Request{Method: method, Path: t.root + "/composite/sobjects", Removes: removes}, in, len(records))
}

// erase deletes up to atOnce records, each on its own.
func (t *Target) erase(ctx context.Context, ids []string) ([]saved, error) {
	q := url.Values{"ids": {strings.Join(ids, ",")}, "allOrNone": {"false"}}
	return t.send(ctx, httpkit.Request{Method: http.MethodDelete, Path: t.root + "/composite/sobjects", Query: q, Removes: true}, nil, len(ids))
}

func (t *Target) send(ctx context.Context, r httpkit.Request, in any, n int) ([]saved, error) {
	var out []saved
	resp, err := t.client.JSON(ctx, r, in, &out)
	if err != nil {
		return nil, err
	}
	whole := len(out) == n
	for _, s := range out {
		whole = whole && s.Success != nil
	}
	if !whole {
		return nil, &httpkit.Failure{Request: resp.Request, Sent: true, Status: resp.Status, Err: errors.New("success, but the answer does not tell of each record")}
	}
	return out, nil
}

// row is a record of an object.
func row(object string, fields record) record {
	fields["attributes"] = record{"type": object}
	return fields
}
