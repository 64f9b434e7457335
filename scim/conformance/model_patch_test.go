package conformance

import (
	"maps"
	"slices"
	"strings"

	"birthright/scim/shape"
)

// patchStep is one operation on one place.
type patchStep struct {
	op    string
	at    place
	where test // selects values of a list; nil for none
	value any
}

// patched returns what becomes of a document.
func patched(kind *modelType, old, body map[string]any) (map[string]any, error) {
	if schemas, _ := field(body, "schemas").([]any); !slices.Contains(schemas, any(patchMessage)) {
		return nil, refuse(400, "invalidSyntax", "schemas has to contain %s", patchMessage)
	}
	operations, ok := field(body, "Operations").([]any)
	if !ok || len(operations) == 0 || len(operations) > 2000 {
		return nil, refuse(400, "invalidSyntax", "Operations is a list of 1 to 2000")
	}
	doc := copied(old).(map[string]any)
	for _, o := range operations {
		operation, ok := o.(map[string]any)
		if !ok {
			return nil, refuse(400, "invalidSyntax", "an operation is an object")
		}
		steps, err := patchSteps(kind, operation)
		for _, s := range steps {
			if err == nil {
				err = s.apply(doc)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return doc, kind.whole(doc)
}

// patchSteps reads an operation; one without a path becomes a step an attribute.
func patchSteps(kind *modelType, operation map[string]any) ([]patchStep, error) {
	op, _ := field(operation, "op").(string)
	if op = strings.ToLower(op); op != "add" && op != "remove" && op != "replace" {
		return nil, refuse(400, "invalidSyntax", "there is no op %s", op)
	}
	value, given := operation["value"]
	raw, hasPath := operation["path"]
	path, isText := raw.(string)
	switch {
	case hasPath && !isText:
		return nil, refuse(400, "invalidPath", "path is a text")
	case hasPath:
		if op != "remove" && !given {
			return nil, refuse(400, "invalidValue", "a value is missing")
		}
		step, err := patchStepAt(kind, op, path, value)
		return []patchStep{step}, err
	case op == "remove":
		return nil, refuse(400, "noTarget", "remove needs a path")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, refuse(400, "invalidValue", "value is an object of attributes")
	}
	var steps []patchStep
	for _, name := range slices.Sorted(maps.Keys(object)) {
		step, err := patchStepAt(kind, op, name, object[name])
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func patchStepAt(kind *modelType, op, path string, value any) (patchStep, error) {
	bad := refuse(400, "invalidPath", "the path %s cannot be read", path)
	p := &filterParser{text: path}
	name, ok := p.name()
	at, known := kind.locate(name)
	if !ok || !known {
		return patchStep{}, bad
	}
	step := patchStep{op: op, at: at, value: value}
	if rest, ok := strings.CutPrefix(p.text, "["); ok {
		if at.attr == nil || !at.attr.multi || at.part != nil {
			return patchStep{}, bad
		}
		var err error
		p.text = rest
		if step.where, err = p.inside(at.attr); err != nil {
			return patchStep{}, err
		}
		if part, ok := strings.CutPrefix(p.text, "."); ok {
			if step.at.part = find(at.attr.parts, part); step.at.part == nil {
				return patchStep{}, bad
			}
			p.text = ""
		}
	}
	if p.text != "" {
		return patchStep{}, bad
	}
	return step, step.allowed()
}

// allowed refuses steps on what a client may not change.
func (s *patchStep) allowed() error {
	a, part := s.at.attr, s.at.part
	if a != nil && (a.mutability == "readOnly" || a.name == "schemas") || part != nil && part.mutability != "readWrite" && (part.mutability != "immutable" || s.op != "add") {
		return refuse(400, "mutability", "this cannot be changed")
	}
	if s.op == "remove" && a != nil && part == nil && a.required {
		return refuse(400, "mutability", "this is required")
	}
	return nil
}

// apply carries out a step.
func (s patchStep) apply(doc map[string]any) error {
	if s.at.attr == nil {
		return s.applyExtension(doc)
	}
	container := doc
	if s.at.urn != "" {
		if container, _ = doc[s.at.urn].(map[string]any); container == nil {
			container = map[string]any{}
		}
	}
	err := s.applyIn(container)
	if s.at.urn != "" {
		if doc[s.at.urn] = container; len(container) == 0 {
			delete(doc, s.at.urn)
		}
	}
	return err
}

func (s patchStep) applyExtension(doc map[string]any) error {
	if s.op == "remove" {
		delete(doc, s.at.urn)
		return nil
	}
	object, ok := s.value.(map[string]any)
	if !ok {
		return refuse(400, "invalidValue", "an extension is an object")
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		step, err := patchStepAt(modelTypes()["Users"], s.op, s.at.urn+":"+name, object[name])
		if err == nil {
			err = step.apply(doc)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// applyIn works on the object that has the attribute.
func (s patchStep) applyIn(container map[string]any) error {
	a := s.at.attr
	old := container[a.name]
	if s.where == nil && s.at.part == nil {
		return s.applyWhole(container, old)
	}
	list, hit := elements(copied(old)), false
	var kept []any
	for _, one := range list {
		object, _ := one.(map[string]any)
		if s.where != nil && !s.where(object) {
			kept = append(kept, one)
			continue
		}
		hit = true
		changed, err := s.applyValue(object, a)
		if err != nil {
			return err
		}
		if changed != nil {
			kept = append(kept, changed)
		}
	}
	if !hit && s.op != "remove" {
		if s.where != nil {
			return refuse(400, "noTarget", "no value was selected")
		}
		fresh, err := s.applyValue(map[string]any{}, a)
		if err != nil {
			return err
		}
		kept = append(kept, fresh)
	}
	if a.multi {
		return store(container, a, demoted(elements(old), kept))
	}
	if len(kept) == 0 {
		return store(container, a, nil)
	}
	return store(container, a, kept[0])
}

// applyValue works on one value of a list, or the only one; nil is none.
func (s patchStep) applyValue(object map[string]any, a *modelAttribute) (any, error) {
	if s.at.part == nil {
		if s.op == "remove" {
			return nil, nil
		}
		value, err := a.single(s.value)
		if err != nil {
			return nil, err
		}
		if more, ok := value.(map[string]any); ok && s.op == "add" {
			maps.Copy(object, more)
			return object, nil
		}
		return value, nil
	}
	value, err := s.at.part.regular(s.value)
	if err != nil {
		return nil, err
	}
	if object[s.at.part.name] = value; s.op == "remove" || value == nil {
		delete(object, s.at.part.name)
	}
	if len(object) == 0 {
		return nil, nil
	}
	return object, nil
}

// applyWhole works on the attribute as a whole.
func (s patchStep) applyWhole(container map[string]any, old any) error {
	a := s.at.attr
	if s.op == "remove" {
		return store(container, a, nil)
	}
	if _, isList := s.value.([]any); a.multi && s.op == "add" && !isList && s.value != nil {
		s.value = []any{s.value}
	}
	value, err := a.regular(s.value)
	if err != nil {
		return err
	}
	before, isObject := old.(map[string]any)
	after, isObject2 := value.(map[string]any)
	switch {
	case a.multi && s.op == "add":
		list := elements(copied(old))
		for _, one := range elements(value) {
			if !slices.ContainsFunc(list, func(o any) bool {
				return sameValue(o, one) || a.name == "members" && shape.At(o, "$.value") == shape.At(one, "$.value")
			}) {
				list = append(list, one)
			}
		}
		return store(container, a, demoted(elements(old), list))
	case isObject && isObject2:
		merged := copied(before).(map[string]any)
		maps.Copy(merged, after)
		return store(container, a, merged)
	case value == nil && s.op == "add":
		return nil
	}
	return store(container, a, value)
}

// demoted sees that values which just became primary are alone in that.
func demoted(old, list []any) []any {
	if countPrimary(list) < 2 {
		return list
	}
	for _, one := range list {
		object, _ := one.(map[string]any)
		was := slices.ContainsFunc(old, func(o any) bool { return shape.At(o, "$.primary") == true && shape.At(o, "$.value") == object["value"] })
		if object["primary"] == true && was {
			object["primary"] = false
		}
	}
	return list
}

// store sets an attribute, or removes it if there is no value.
func store(container map[string]any, a *modelAttribute, value any) error {
	if shape.Empty(value) {
		if a.required {
			return refuse(400, "mutability", "%s is required", a.name)
		}
		delete(container, a.name)
		return nil
	}
	if a.returned != "never" {
		container[a.name] = value
	}
	return nil
}
