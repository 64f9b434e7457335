package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"birthright/scim/shape"
)

// bulk carries out operations one by one; one that refers to what is made later
// waits for it, and references in circles are closed afterwards.
func (m *model) bulk(r modelRequest) (reply, error) {
	body, err := readJSON(r.body)
	if err != nil {
		return reply{}, err
	}
	operations, ok := field(body, "Operations").([]any)
	schemas, _ := field(body, "schemas").([]any)
	if !ok || len(schemas) != 1 || schemas[0] != bulkRequest {
		return reply{}, refuse(400, "invalidSyntax", "this is no bulk request")
	}
	if len(operations) > modelOperations {
		return reply{}, refuse(413, "", "there are more operations than maxOperations, %d", modelOperations)
	}
	limit := len(operations) + 1
	if n := field(body, "failOnErrors"); n != nil {
		number, _ := n.(json.Number)
		stop, err := number.Int64()
		if err != nil {
			return reply{}, refuse(400, "invalidSyntax", "failOnErrors is a number")
		}
		limit = int(stop)
	}
	job := modelBulk{m: m, ids: map[string]string{}, known: map[string]bool{}, pending: map[string][]modelPatch{}}
	for _, o := range operations {
		if id, ok := shape.At(o, "$.bulkId").(string); ok && shape.At(o, "$.method") == "POST" {
			job.known[id] = true
		}
	}
	results, failed := []any{}, 0
	for _, o := range operations {
		result, ok := job.run(o)
		if results = append(results, result); !ok {
			failed++
		}
		if failed >= limit {
			break
		}
	}
	job.settle()
	return reply{status: 200, body: map[string]any{"schemas": []any{bulkResponse}, "Operations": results}}, nil
}

// modelBulk is one bulk request on its way.
type modelBulk struct {
	m     *model
	ids   map[string]string // by bulkId
	known map[string]bool   // bulkIds that some POST has
	// pending are references to what is not made yet, by its bulkId.
	pending map[string][]modelPatch
}

// modelPatch is a reference to be put in later.
type modelPatch struct{ path, operations string }

func (b *modelBulk) run(o any) (any, bool) {
	method, _ := shape.At(o, "$.method").(string)
	path, _ := shape.At(o, "$.path").(string)
	bulkID, _ := shape.At(o, "$.bulkId").(string)
	result := map[string]any{"method": method}
	if bulkID != "" {
		result["bulkId"] = bulkID
	}
	answer, err := b.send(method, path, bulkID, shape.At(o, "$.data"), shape.At(o, "$.version"))
	if refused, ok := err.(refusal); ok {
		result["status"], result["response"] = fmt.Sprint(refused.status), refused.body()
		if method != "POST" {
			result["location"] = b.m.base + path
		} else {
			b.known[bulkID] = false
		}
		return result, false
	}
	result["status"], result["location"] = fmt.Sprint(answer.status), b.m.base+b.resolve(path)
	if location := answer.header["Location"]; location != "" {
		result["location"] = location
		b.ids[bulkID] = location[strings.LastIndex(location, "/")+1:]
	}
	if tag := answer.header["ETag"]; tag != "" {
		result["version"] = tag
	}
	return result, true
}

// resolve puts ids in the place of bulkIds.
func (b *modelBulk) resolve(text string) string {
	for bulkID, id := range b.ids {
		text = strings.ReplaceAll(text, "bulkId:"+bulkID+`"`, id+`"`)
		if strings.HasSuffix(text, "/bulkId:"+bulkID) {
			text = strings.TrimSuffix(text, "bulkId:"+bulkID) + id
		}
	}
	return text
}

func (b *modelBulk) send(method, path, bulkID string, data, version any) (reply, error) {
	switch {
	case method == "POST" && bulkID == "", method != "POST" && method != "PUT" && method != "PATCH" && method != "DELETE", path == "", method != "DELETE" && data == nil:
		return reply{}, refuse(400, "invalidValue", "the operation lacks something")
	}
	body := b.resolve(shape.Encode(data))
	later, err := b.postpone(&body)
	if err != nil {
		return reply{}, err
	}
	header := http.Header{}
	if tag, ok := version.(string); ok {
		header.Set("If-Match", tag)
	}
	answer, err := b.m.route(modelRequest{method: method, path: b.resolve(path), header: header, body: []byte(body)})
	if err != nil {
		return reply{}, err
	}
	for waitsFor, operations := range later {
		b.pending[waitsFor] = append(b.pending[waitsFor], modelPatch{strings.TrimPrefix(answer.header["Location"], b.m.base), operations})
	}
	return answer, nil
}

// postpone takes references to what is not made yet out of a body.
func (b *modelBulk) postpone(body *string) (map[string]string, error) {
	later := map[string]string{}
	for {
		_, rest, found := strings.Cut(*body, `{"value":"bulkId:`)
		if !found {
			return later, nil
		}
		id, _, _ := strings.Cut(rest, `"`)
		if !b.known[id] {
			return nil, refuse(400, "invalidValue", "there is no bulkId %s", id)
		}
		reference := `{"value":"bulkId:` + id + `"}`
		if strings.Contains(*body, `"manager":`+reference) {
			later[id] = `[{"op":"add","path":"` + enterprise + `:manager","value":` + reference + `}]`
			*body = strings.Replace(*body, `"manager":`+reference, `"manager":null`, 1)
			continue
		}
		later[id] = `[{"op":"add","path":"members","value":[` + reference + `]}]`
		*body = strings.Replace(*body, reference, ``, 1)
	}
}

// settle puts in the references that had to wait.
func (b *modelBulk) settle() {
	for _, list := range b.pending {
		for _, p := range list {
			kind, id, _ := strings.Cut(strings.TrimPrefix(p.path, "/"), "/")
			_, _ = b.m.patch(modelTypes()[kind], id)(modelRequest{method: "PATCH", header: http.Header{}, body: []byte(patchData(b.resolve(p.operations)))})
		}
	}
}
