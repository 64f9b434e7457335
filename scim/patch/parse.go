package patch

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

// URN is the schema of a PATCH body.
const URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// Op is what a step does, in lower case.
type Op string

// The operations.
const (
	Add     Op = "add"
	Replace Op = "replace"
	Remove  Op = "remove"
)

// Step is one operation on one attribute.
type Step struct {
	Op   Op
	Path filter.Path
	// Value is what was sent; nil for null, and if Given is false for nothing.
	Value any
	Given bool
	// Loose steps come from a map without a path. What they name and nobody may
	// change (id, meta, schemas) or nobody declares is passed over: clients send
	// whole resources that way.
	Loose bool
}

// Parse reads a body of at most limit operations.
func Parse(body map[string]any, limit int, r *resource.Reading) ([]Step, error) {
	if err := checkSchemas(member(body, "schemas")); err != nil {
		return nil, err
	}
	operations, ok := member(body, "Operations").([]any)
	if !ok || len(operations) == 0 {
		return nil, fault.InvalidSyntax("Operations must be an array of one or more operations.")
	}
	if len(operations) > limit {
		return nil, fault.New(http.StatusRequestEntityTooLarge, "There are %d operations in one request; at most %d are taken.", len(operations), limit)
	}
	var steps []Step
	for i, operation := range operations {
		object, ok := operation.(map[string]any)
		if !ok {
			return nil, fault.InvalidSyntax("Operation %d must be an object.", i+1)
		}
		more, err := parseOperation(object, i+1, r)
		if err != nil {
			return nil, err
		}
		steps = append(steps, more...)
	}
	return steps, nil
}

func checkSchemas(schemas any) error {
	list, _ := schemas.([]any)
	for _, urn := range list {
		if s, ok := urn.(string); ok && strings.EqualFold(s, URN) {
			return nil
		}
	}
	return fault.InvalidSyntax("schemas must contain %q.", URN)
}

// parseOperation returns the steps of one operation.
func parseOperation(object map[string]any, number int, r *resource.Reading) ([]Step, error) {
	name, _ := member(object, "op").(string)
	op := Op(strings.ToLower(name))
	switch op {
	case Add, Replace, Remove:
	default:
		return nil, fault.InvalidSyntax("op must be add, replace or remove, not %q.", name)
	}
	if name != string(op) && r != nil {
		r.Capitals = true
		r.Note("operation %d: %q was read as %s", number, name, op)
	}
	value, given := find(object, "value")
	switch path := member(object, "path").(type) {
	case nil:
		return pathless(op, value, r)
	case string:
		if path == "" {
			return pathless(op, value, r)
		}
		parsed, err := filter.ParsePath(path)
		if err != nil {
			return nil, fault.InvalidPath("The path %q cannot be read: %s.", path, err)
		}
		if !given && op != Remove {
			return nil, fault.InvalidValue("The operation %s %q has no value.", op, path)
		}
		return []Step{{Op: op, Path: parsed, Value: value, Given: given}}, nil
	}
	return nil, fault.InvalidPath("path must be a text.")
}

// pathless takes a map apart into one step an attribute, in the order of names.
func pathless(op Op, value any, r *resource.Reading) ([]Step, error) {
	if op == Remove {
		return nil, fault.NoTarget("A remove operation needs a path.")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fault.InvalidValue("An operation without a path needs an object of attributes as its value.")
	}
	var steps []Step
	for _, name := range slices.Sorted(maps.Keys(object)) {
		path, err := filter.ParsePath(name)
		if err != nil {
			if err := unreadable(name, err, r); err != nil {
				return nil, err
			}
			continue
		}
		steps = append(steps, Step{Op: op, Path: path, Value: object[name], Given: true, Loose: true})
	}
	return steps, nil
}

// unreadable refuses a name that is none, or passes it over as it does those that
// no schema has. A value filter with a fault in it means something, and is refused.
func unreadable(name string, err error, r *resource.Reading) error {
	refusal := fault.InvalidPath("The attribute %q cannot be read: %s.", name, err)
	if strings.Contains(name, "[") {
		return refusal
	}
	return r.Lenient(refusal, "%q: no schema has such an attribute; it was passed over", name)
}

// find returns a member of an object by name without letter case.
func find(object map[string]any, name string) (any, bool) {
	for key, value := range object {
		if strings.EqualFold(key, name) {
			return value, true
		}
	}
	return nil, false
}

func member(object map[string]any, name string) any {
	value, _ := find(object, name)
	return value
}
