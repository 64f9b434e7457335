package scimsim

import (
	"reflect"
	"slices"
	"strings"
)

// patchOp is one operation of a PATCH.
type patchOp struct {
	op    string // add, remove, replace
	path  string
	value any
}

// parsePatch checks the envelope (RFC 7644 section 3.5.2).
func (a *App) parsePatch(in object) ([]patchOp, *fault) {
	if schemas, ok := in["schemas"].([]any); !ok || len(schemas) != 1 || schemas[0] != schemaPatch {
		return nil, bad(invalidSyntax, "schemas must be exactly %s", schemaPatch)
	}
	list, ok := in["Operations"].([]any)
	if !ok || len(list) == 0 {
		return nil, bad(invalidSyntax, "Operations must be an array with at least one operation")
	}
	ops := make([]patchOp, 0, len(list))
	for _, item := range list {
		op, f := a.parseOp(item)
		if f != nil {
			return nil, f
		}
		ops = append(ops, op)
	}
	return ops, nil
}

func (a *App) parseOp(item any) (patchOp, *fault) {
	in, ok := item.(object)
	if !ok {
		return patchOp{}, bad(invalidSyntax, "an operation must be an object")
	}
	for name := range in {
		if name != "op" && name != "path" && name != "value" {
			return patchOp{}, bad(invalidSyntax, "an operation has no %q", name)
		}
	}
	op := patchOp{value: in["value"]}
	op.op, _ = in["op"].(string)
	if a.opt.TitleOps {
		op.op = untitled(op.op)
	}
	if !slices.Contains([]string{"add", "remove", "replace"}, op.op) {
		return op, bad(invalidSyntax, "op must be add, remove or replace")
	}
	if raw, given := in["path"]; given {
		if op.path, ok = raw.(string); !ok || op.path == "" {
			return op, bad(invalidPath, "path must be a string that is not empty")
		}
	}
	switch _, given := in["value"]; {
	case op.op == "remove" && op.path == "":
		return op, bad(noTarget, "remove needs a path")
	case op.op != "remove" && !given:
		return op, bad(invalidValue, "%s needs a value", op.op)
	}
	return op, nil
}

// applyTo changes attrs, which holds a resource of the given attributes.
func (op patchOp) applyTo(attrs object, attributes []attribute) *fault {
	if op.path == "" {
		return op.spread(attrs, attributes)
	}
	p, f := parsePath(op.path, attributes)
	if f != nil {
		return f
	}
	if p.container == "" || !strings.Contains(p.container, ":extension:") {
		return op.applyAt(attrs, attributes, p)
	}
	extension, _ := find(attributes, p.container)
	if p.attr == "" {
		return op.set(attrs, extension)
	}
	held, _ := attrs[extension.name].(object)
	if held == nil {
		held = object{}
	}
	if f := op.applyAt(held, extension.subs, p); f != nil {
		return f
	}
	keep(attrs, extension.name, held)
	return nil
}

// spread applies a path-less operation: every member of the value is one.
func (op patchOp) spread(attrs object, attributes []attribute) *fault {
	values, ok := op.value.(object)
	if !ok {
		return bad(invalidValue, "an operation without path needs an object as value")
	}
	for name, value := range values {
		a, known := find(attributes, name)
		if !known {
			return bad(invalidPath, "%q is not an attribute here", name)
		}
		if f := (patchOp{op: op.op, value: value}).set(attrs, a); f != nil {
			return f
		}
	}
	return nil
}

// applyAt applies the operation below a container.
func (op patchOp) applyAt(attrs object, attributes []attribute, p path) *fault {
	a, ok := find(attributes, p.attr)
	if !ok {
		return bad(invalidPath, "%q is not an attribute here", p.attr)
	}
	switch {
	case p.where != nil:
		return op.where(attrs, a, p)
	case p.sub == "":
		return op.set(attrs, a)
	case a.many || a.kind != complex:
		return bad(invalidPath, "%s.%s: choose a value of %s with a filter", a.name, p.sub, a.name)
	}
	sub, ok := find(a.subs, p.sub)
	if !ok || a.readOnly {
		return bad(invalidPath, "%s has no %q to change", a.name, p.sub)
	}
	held, _ := attrs[a.name].(object)
	if held == nil {
		held = object{}
	}
	if f := op.set(held, sub); f != nil {
		return f
	}
	keep(attrs, a.name, held)
	return nil
}

// set adds, replaces or removes one whole attribute.
func (op patchOp) set(attrs object, a attribute) *fault {
	if a.readOnly || a.required && op.op == "remove" {
		return bad(mutability, "%s cannot be changed so", a.name)
	}
	if op.op == "remove" {
		if op.value != nil {
			return bad(invalidValue, "remove of %s takes no value", a.name)
		}
		delete(attrs, a.name)
		return nil
	}
	value, f := normaliseValue(a, op.value)
	if f != nil {
		return f
	}
	switch held := attrs[a.name].(type) {
	case object:
		if added, ok := value.(object); ok {
			for name, v := range added {
				held[name] = v
			}
			return nil
		}
	case []any:
		if added, ok := value.([]any); ok && op.op == "add" {
			value = union(held, added)
		}
	}
	if value == nil {
		if a.required {
			return bad(mutability, "%s is required", a.name)
		}
		delete(attrs, a.name)
		return nil
	}
	attrs[a.name] = value
	return nil
}

// union appends what is not there yet; a new primary value demotes the old one.
func union(held, added []any) []any {
	for _, item := range added {
		if slices.ContainsFunc(held, func(h any) bool { return reflect.DeepEqual(h, item) }) {
			continue
		}
		if o, ok := item.(object); ok && o["primary"] == true {
			for _, h := range held {
				delete(h.(object), "primary")
			}
		}
		held = append(held, item)
	}
	return held
}

// where applies the operation to the values that the path's filter selects.
func (op patchOp) where(attrs object, a attribute, p path) *fault {
	if !a.many || a.readOnly {
		return bad(invalidPath, "%s takes no value filter", a.name)
	}
	by, ok := find(a.subs, p.where.attr)
	if !ok {
		return bad(invalidPath, "%s has no %q", a.name, p.where.attr)
	}
	held, _ := attrs[a.name].([]any)
	var kept []any
	matched := 0
	for _, item := range held {
		value := item.(object)
		if value[by.name] != p.where.value {
			kept = append(kept, value)
			continue
		}
		matched++
		changed, f := op.changeValue(value, a, p.sub)
		if f != nil {
			return f
		}
		if len(changed) > 0 {
			kept = append(kept, changed)
		}
	}
	if matched == 0 && op.op != "remove" {
		return bad(noTarget, "no value of %s matches the filter", a.name)
	}
	keep(attrs, a.name, kept)
	return nil
}

// changeValue applies the operation to one selected value; empty means gone.
func (op patchOp) changeValue(value object, a attribute, sub string) (object, *fault) {
	if sub == "" && op.op == "remove" {
		return nil, nil
	}
	if sub == "" {
		return value, op.spread(value, a.subs)
	}
	part, ok := find(a.subs, sub)
	if !ok {
		return nil, bad(invalidPath, "%s has no %q", a.name, sub)
	}
	return value, op.set(value, part)
}

// keep stores value under name, or nothing where value is empty.
func keep[V object | []any](attrs object, name string, value V) {
	if len(value) == 0 {
		delete(attrs, name)
		return
	}
	attrs[name] = value
}
