package scim

import (
	"errors"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/patch"
	"birthright/scim/resource"
)

// do carries out an operation, after those that it refers to.
func (j *bulkJob) do(i int) { j.carryOut(j.operations[i]) }

func (j *bulkJob) carryOut(o *bulkOperation) {
	if o.done || o.busy {
		return
	}
	o.busy = true
	data, err := j.resolved(o)
	if err != nil && o.refused == nil {
		o.refused = err
	}
	settle := j.try(o, data)
	o.busy = false
	settle()
	for _, waiting := range o.later {
		j.writeAgain(waiting)
	}
}

// resolved replaces references by ids. Operations that are referred to and come
// later are carried out first; where two refer to each other, one is made without
// the other and written again.
func (j *bulkJob) resolved(o *bulkOperation) (map[string]any, error) {
	for _, id := range references(o.data, o.path) {
		to := j.byID[id]
		if to == nil {
			return o.data, fault.InvalidValue("bulkId:%s is no operation of this request.", id)
		}
		if j.carryOut(to); to.failed {
			return o.data, fault.New(http.StatusConflict, "bulkId:%s, to which this refers, could not be made.", id)
		}
		if to.busy {
			to.later = append(to.later, o)
		}
	}
	o.path = j.replaceIn(o.path)
	o.held, _ = j.heldBack(o.data).(map[string]any)
	data, _ := j.replaced(o.data).(map[string]any)
	return data, nil
}

// writeAgain adds to a resource that was made before what it refers to. It adds no
// more than that: somebody else may have changed the resource already.
func (j *bulkJob) writeAgain(o *bulkOperation) {
	if o.failed || !o.done || len(o.later) > 0 && o.busy {
		return
	}
	data := map[string]any{
		"schemas": []any{patch.URN}, "Operations": []any{map[string]any{"op": "add", "value": j.replaced(o.held)}},
	}
	again := &bulkOperation{number: o.number, method: http.MethodPatch, path: o.path + "/" + url.PathEscape(o.id)}
	if o.method != http.MethodPost {
		data, _ = j.replaced(o.data).(map[string]any)
		again.method, again.path = o.method, o.path
	}
	again.data = data
	j.try(again, data)()
	if again.failed {
		o.failed, o.result = true, again.result
		return
	}
	o.result["version"] = again.result["version"]
}

// try sends an operation through the front door as a request of its own; what it
// returns notes what became of it.
func (j *bulkJob) try(o *bulkOperation, data map[string]any) (settle func()) {
	sub := &call{
		h:       j.h,
		Request: (&http.Request{Method: o.method, URL: &url.URL{Path: Prefix + o.path}, Header: http.Header{}}).WithContext(j.c.Context()),
		w:       nowhere{http.Header{}}, base: j.c.base, source: j.c.source, dialect: j.c.dialect, query: url.Values{}, body: data,
		reading: &resource.Reading{Strict: j.c.reading.Strict, NoTarget: j.c.reading.NoTarget},
	}
	if raw, err := url.Parse(Prefix + o.path); err == nil {
		sub.URL = raw
	}
	if o.version != "" {
		sub.condition.match = tags([]string{o.version})
	}
	a, err := j.serve(sub, o)
	return func() { j.note(o, sub, a, err) }
}

// serve carries out one operation; a panic is its own failure.
func (j *bulkJob) serve(sub *call, o *bulkOperation) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			j.h.o.Alarm()
			j.h.o.Log.Error("scim: panic", "method", o.method, "path", o.path, "panic", p, "stack", string(debug.Stack()))
			err = errors.New("panic")
		}
	}()
	if o.refused != nil {
		return a, o.refused
	}
	serve, err := j.h.route(sub)
	if err != nil {
		return a, err
	}
	return serve(sub)
}

// note writes down what became of an operation.
func (j *bulkJob) note(o *bulkOperation, sub *call, a answer, err error) {
	for _, note := range sub.reading.Notes() {
		j.c.reading.Note("operation %d: %s", o.number, note)
	}
	j.c.reading.Capitals = j.c.reading.Capitals || sub.reading.Capitals
	o.done = true
	o.result = map[string]any{"method": o.method}
	if o.bulkID != "" {
		o.result["bulkId"] = o.bulkID
	}
	if err != nil {
		told := j.h.told(sub, err)
		o.failed = true
		o.result["status"], o.result["response"] = status(told.Status), told
		if o.method != http.MethodPost && o.refused == nil {
			o.result["location"] = j.c.base + o.path
		}
		j.errors++
		return
	}
	o.result["status"], o.result["location"] = status(a.status), j.c.base+o.path
	if a.version > 0 {
		o.result["version"] = etag(a.version)
	}
	if a.location != "" {
		o.result["location"] = a.location
		id := a.location[strings.LastIndexByte(a.location, '/')+1:]
		o.id, _ = url.PathUnescape(id)
	}
}

// references lists the bulkIds that a value refers to, each once.
func references(values ...any) []string {
	var out []string
	seen := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			for _, id := range mentioned(v) {
				if !seen[id] {
					seen[id] = true
					out = append(out, id)
				}
			}
		case map[string]any:
			for _, part := range v {
				walk(part)
			}
		case []any:
			for _, part := range v {
				walk(part)
			}
		}
	}
	for _, v := range values {
		walk(v)
	}
	return out
}

const bulkMark = "bulkId:"

// mentioned lists the bulkIds in a text: all of it, or quoted within a path.
func mentioned(text string) []string {
	if id, ok := strings.CutPrefix(text, bulkMark); ok {
		return []string{id}
	}
	var out []string
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, `"`+bulkMark)
		if !ok {
			break
		}
		id, more, ok := strings.Cut(after, `"`)
		if !ok {
			break
		}
		out, rest = append(out, id), more
	}
	if _, id, ok := strings.Cut(text, "/"+bulkMark); ok {
		out = append(out, id)
	}
	return out
}

// replaceIn writes ids for the references in a text.
func (j *bulkJob) replaceIn(text string) string {
	for _, id := range mentioned(text) {
		to := j.byID[id]
		if to == nil || to.id == "" {
			continue
		}
		if text == bulkMark+id {
			return to.id
		}
		text = strings.ReplaceAll(text, `"`+bulkMark+id+`"`, `"`+to.id+`"`) // to the last quote: 1 is not the beginning of 12
		if before, ok := strings.CutSuffix(text, "/"+bulkMark+id); ok {
			text = before + "/" + to.id
		}
	}
	return text
}

// replaced copies a value with ids for references. What refers to something that
// has no id yet is left out.
func (j *bulkJob) replaced(v any) any {
	switch v := v.(type) {
	case string:
		return j.replaceIn(v)
	case []any:
		out := make([]any, 0, len(v))
		for _, part := range v {
			if !j.waits(part) {
				out = append(out, j.replaced(part))
			}
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, part := range v {
			if !j.waits(part) {
				out[name] = j.replaced(part)
			}
		}
		return out
	}
	return v
}

// heldBack is the part of a value that replaced leaves out, nil if there is none.
func (j *bulkJob) heldBack(v any) any {
	switch v := v.(type) {
	case []any:
		var out []any
		for _, part := range v {
			if j.waits(part) {
				out = append(out, part)
			}
		}
		if len(out) > 0 {
			return out
		}
	case map[string]any:
		out := map[string]any{}
		for name, part := range v {
			if j.waits(part) {
				out[name] = part
			} else if held := j.heldBack(part); held != nil {
				out[name] = held
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// waits reports whether a value, or its "value", refers to something without an id.
func (j *bulkJob) waits(v any) bool {
	if object, ok := v.(map[string]any); ok {
		v = object["value"]
	}
	text, _ := v.(string)
	id, ok := strings.CutPrefix(text, bulkMark)
	return ok && (j.byID[id] == nil || j.byID[id].id == "")
}

// nowhere takes the headers of an operation's answer.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}
