package scim

import (
	"maps"
	"slices"
	"strings"
)

// member returns the value of name in obj; attribute names compare without
// letter case (RFC 7643 section 2.1).
func member(obj resource, name string) (any, string) {
	if v, ok := obj[name]; ok {
		return v, name
	}
	for _, key := range slices.Sorted(maps.Keys(obj)) {
		if strings.EqualFold(key, name) {
			return obj[key], key
		}
	}
	return nil, name
}

// text returns the string called name in obj, "" if there is none.
func text(obj resource, name string) string {
	v, _ := member(obj, name)
	s, _ := v.(string)
	return s
}

// object returns the object called name in obj; nil if there is none.
func object(obj resource, name string) resource {
	v, _ := member(obj, name)
	o, _ := v.(resource)
	return o
}

// home returns the object that holds the field's attribute.
func (f field) home(r resource) resource {
	if f.container == "" {
		return r
	}
	return object(r, f.container)
}

// get returns the field's value in r.
func (f field) get(r resource) string {
	home := f.home(r)
	switch {
	case f.kind != "":
		return text(f.chosen(home), f.sub)
	case f.sub != "":
		v, _ := member(home, f.attr)
		if s, ok := v.(string); ok {
			return s // a manager as plain text, as some servers send it
		}
		return text(object(home, f.attr), f.sub)
	}
	return text(home, f.attr)
}

// chosen returns the value of a multi-valued attribute that the field is about:
// the one of its type, else the primary one, else the only one.
func (f field) chosen(home resource) resource {
	values := objects(home, f.attr)
	var primary resource
	for _, v := range values {
		if strings.EqualFold(text(v, "type"), f.kind) {
			return v
		}
		if p, _ := member(v, "primary"); p == true {
			primary = v
		}
	}
	if primary == nil && len(values) == 1 && text(values[0], "type") == "" {
		return values[0]
	}
	if primary != nil && text(primary, "type") == "" {
		return primary
	}
	return nil
}

// objects returns the objects in the array called name.
func objects(obj resource, name string) []resource {
	v, _ := member(obj, name)
	list, _ := v.([]any)
	var out []resource
	for _, item := range list {
		if o, ok := item.(resource); ok {
			out = append(out, o)
		}
	}
	return out
}

// set writes value into r, or takes the field away where value is "".
func (f field) set(r resource, value string) {
	home := r
	if f.container != "" {
		if home = object(r, f.container); home == nil {
			if value == "" {
				return
			}
			home = resource{}
			r[f.container] = home
			declare(r, f.container)
		}
	}
	switch {
	case f.kind != "":
		f.setChosen(home, value)
	case f.sub != "":
		held := object(home, f.attr)
		if held == nil {
			held = resource{}
		}
		assign(held, f.sub, value)
		if _, key := member(home, f.attr); len(held) == 0 {
			delete(home, key)
		} else {
			home[key] = held
		}
	default:
		assign(home, f.attr, value)
	}
}

func (f field) setChosen(home resource, value string) {
	_, key := member(home, f.attr)
	chosen, list := f.chosen(home), objects(home, f.attr)
	switch {
	case chosen != nil && value == "":
		list = slices.DeleteFunc(list, func(o resource) bool { return text(o, f.sub) == text(chosen, f.sub) })
	case chosen != nil:
		assign(chosen, f.sub, value)
	case value != "":
		list = append(list, f.fresh(value, len(list) == 0))
	}
	if len(list) == 0 {
		delete(home, key)
		return
	}
	values := make([]any, len(list))
	for i, o := range list {
		values[i] = o
	}
	home[key] = values
}

// fresh is a new value of a multi-valued attribute.
func (f field) fresh(value string, primary bool) resource {
	out := resource{f.sub: value, "type": f.kind}
	if primary {
		out["primary"] = true
	}
	return out
}

func assign(obj resource, name, value string) {
	_, key := member(obj, name)
	if value == "" {
		delete(obj, key)
		return
	}
	obj[key] = value
}

// declare lists a schema that the resource uses.
func declare(r resource, schema string) {
	list, _ := r["schemas"].([]any)
	if !slices.Contains(list, any(schema)) {
		r["schemas"] = append(list, schema)
	}
}

// patchOp is one operation of a PATCH.
type patchOp struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitempty"`
}

// change returns the operation that gives the field value in the resource r; it
// is not to be asked for where that is so already.
func (f field) change(r resource, value string) patchOp {
	path := f.path()
	if f.kind != "" {
		home := f.home(r)
		chosen := f.chosen(home)
		if chosen == nil {
			fresh := f.fresh(value, len(objects(home, f.attr)) == 0)
			return patchOp{Op: "add", Path: f.qualify(f.attr), Value: []resource{fresh}}
		}
		if !strings.EqualFold(text(chosen, "type"), f.kind) {
			path = f.qualify(f.attr + "[" + f.sub + " eq " + quote(text(chosen, f.sub)) + "]." + f.sub)
		}
		if value == "" {
			path = strings.TrimSuffix(path, "."+f.sub)
		}
	}
	if value == "" {
		return patchOp{Op: "remove", Path: path}
	}
	return patchOp{Op: "replace", Path: path, Value: value}
}
