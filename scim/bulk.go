package scim

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"birthright/scim/fault"
)

const (
	bulkRequestURN  = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	bulkResponseURN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
)

// bulk carries out many operations of one request (RFC 7644 section 3.7), in
// order but for what others refer to: that is done first. Each succeeds or fails
// by itself.
func (h *handler) bulk(c *call) (answer, error) {
	body, err := c.object(h.limits.BulkBody)
	if err != nil {
		return answer{}, err
	}
	job, err := h.bulkJob(c, body)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(job.operations) && !job.given(); {
		if run := job.independent(i); run > 1 {
			job.together(i, run)
			i += run
			continue
		}
		job.do(i)
		i++
	}
	return answer{status: http.StatusOK, body: map[string]any{"schemas": []string{bulkResponseURN}, "Operations": job.results()}}, nil
}

// bulkJob is one Bulk request on its way.
type bulkJob struct {
	h            *handler
	c            *call
	operations   []*bulkOperation
	byID         map[string]*bulkOperation // POSTs by bulkId
	failOnErrors int                       // 0 for never
	errors       int
}

// bulkOperation is one operation, and what became of it.
type bulkOperation struct {
	number             int // from 1
	method, path       string
	bulkID, version    string
	data               map[string]any
	refused            error // it cannot even be tried
	busy, done, failed bool
	// later are operations that referred to this one while it was busy: they are
	// written again once it has an id.
	later  []*bulkOperation
	held   map[string]any // what of the data had to wait for an id
	id     string         // of the resource
	result map[string]any
}

func (h *handler) bulkJob(c *call, body map[string]any) (*bulkJob, error) {
	s := searchBody{}
	for name, value := range body {
		for _, known := range []string{"schemas", "failOnErrors", "Operations"} {
			if strings.EqualFold(name, known) {
				s[known] = value
			}
		}
	}
	if !strings.Contains(strings.ToLower(strings.Join(s.texts("schemas"), " ")), strings.ToLower(bulkRequestURN)) {
		return nil, fault.InvalidSyntax("schemas must contain %q.", bulkRequestURN)
	}
	list, ok := s["Operations"].([]any)
	if !ok || len(list) == 0 {
		return nil, fault.InvalidSyntax("Operations must be an array of one or more operations.")
	}
	if len(list) > h.limits.BulkOperations {
		return nil, fault.New(http.StatusRequestEntityTooLarge, "There are %d operations in one request; at most %d are taken (maxOperations).", len(list), h.limits.BulkOperations)
	}
	job := &bulkJob{h: h, c: c, byID: map[string]*bulkOperation{}}
	var err error
	if job.failOnErrors, err = s.number("failOnErrors", 0); err != nil {
		return nil, err
	}
	for i, element := range list {
		object, ok := element.(map[string]any)
		if !ok {
			return nil, fault.InvalidSyntax("Operation %d must be an object.", i+1)
		}
		job.add(i+1, object)
	}
	return job, nil
}

// add reads one operation. What is wrong with it is its own failure, not that of
// the whole.
func (j *bulkJob) add(number int, object map[string]any) {
	o := &bulkOperation{number: number}
	j.operations = append(j.operations, o)
	for name, value := range object {
		text, isText := value.(string)
		switch strings.ToLower(name) {
		case "method":
			o.method = strings.ToUpper(text)
		case "path":
			o.path = text
		case "bulkid":
			o.bulkID = text
		case "version":
			o.version = text
		case "data":
			o.data, isText = value.(map[string]any)
			if !isText && value != nil {
				o.refused = fault.InvalidSyntax("data must be an object.")
			}
			isText = true
		default:
			isText = true
		}
		if !isText && value != nil {
			o.refused = fault.InvalidSyntax("%s must be a text.", name)
		}
	}
	switch {
	case o.refused != nil:
	case o.method != http.MethodPost && o.method != http.MethodPut && o.method != http.MethodPatch && o.method != http.MethodDelete:
		o.refused = fault.InvalidSyntax("method must be POST, PUT, PATCH or DELETE, not %q.", o.method)
	case !bulkPath(o.path, o.method == http.MethodPost):
		o.refused = fault.InvalidPath("path must be /Users or /Groups for POST, and with an id for the others, not %q.", o.path)
	case o.method != http.MethodDelete && o.data == nil:
		o.refused = fault.InvalidSyntax("data is missing.")
	case o.method == http.MethodPost && o.bulkID == "":
		o.refused = fault.InvalidSyntax("A POST needs a bulkId.")
	case o.bulkID != "" && j.byID[o.bulkID] != nil:
		o.refused = fault.InvalidSyntax("The bulkId %q is given twice.", o.bulkID)
	}
	if o.method == http.MethodPost && o.bulkID != "" && j.byID[o.bulkID] == nil {
		j.byID[o.bulkID] = o
	}
}

// bulkPath reports whether a path is one of a list, or of a resource.
func bulkPath(path string, list bool) bool {
	rest, ok := strings.CutPrefix(path, "/Users")
	if !ok {
		rest, ok = strings.CutPrefix(path, "/Groups")
	}
	rest = strings.TrimPrefix(rest, "/")
	return ok && !strings.Contains(rest, "/") && (rest == "") == list && rest != ".search"
}

// given reports whether there were as many errors as the client puts up with.
func (j *bulkJob) given() bool { return j.failOnErrors > 0 && j.errors >= j.failOnErrors }

// results are those of the operations that were tried, in order.
func (j *bulkJob) results() []map[string]any {
	out := []map[string]any{}
	for _, o := range j.operations {
		if o.done {
			out = append(out, o.result)
		}
	}
	return out
}

// mostTogether is how many operations are carried out at once: enough that they
// share the wait for the disk.
const mostTogether = 32

// independent counts the operations from i on that may be done in any order: new
// users that refer to nothing and share no name.
func (j *bulkJob) independent(i int) int {
	names := map[string]bool{}
	n := 0
	for ; i+n < len(j.operations) && n < mostTogether && j.failOnErrors == 0; n++ {
		o := j.operations[i+n]
		name := ""
		for key, value := range o.data {
			if strings.EqualFold(key, "userName") {
				name, _ = value.(string)
			}
		}
		name = strings.ToLower(name)
		if o.done || o.refused != nil || o.method != http.MethodPost || o.path != "/Users" || name == "" || names[name] || len(references(o.data)) > 0 {
			break
		}
		names[name] = true
	}
	return n
}

// together carries out n operations from i on at once.
func (j *bulkJob) together(i, n int) {
	var all sync.WaitGroup
	answers := make([]func(), n)
	for k, o := range j.operations[i : i+n] {
		all.Go(func() { answers[k] = j.try(o, o.data) })
	}
	all.Wait()
	for _, settle := range answers {
		settle()
	}
}

// status writes a status as Bulk has it.
func status(code int) string { return strconv.Itoa(code) }
