package patch

import (
	"maps"
	"slices"

	"birthright/scim/fault"
	"birthright/scim/resource"
)

// Apply carries out steps on doc, in order, and checks the outcome against the
// schemas. After an error doc is half changed: throw it away.
func Apply(t *resource.Type, doc resource.Document, steps []Step, r *resource.Reading) error {
	for _, step := range steps {
		if err := checkName(t, doc, step, r); err != nil {
			return err
		}
		if err := apply(t, doc, step, r); err != nil {
			return err
		}
	}
	return t.Check(doc)
}

// checkName refuses a path where the RFC has the name of an attribute or of an
// extension: in a map.
func checkName(t *resource.Type, doc resource.Document, step Step, r *resource.Reading) error {
	p := step.Path
	if !step.Loose || p.Schema == "" && p.Sub == "" && p.Where == nil {
		return nil
	}
	_, object := step.Value.(map[string]any)
	target, err := t.Resolve(p, doc, object)
	if err != nil || target.Extension != "" && target.Name == "" {
		return nil // told by apply, or an extension
	}
	return r.Lenient(fault.InvalidValue("The map has %s, a path; attributes stand under their names there.", p), "%s: a path in a map was followed", p)
}

// apply carries out one step.
func apply(t *resource.Type, doc resource.Document, step Step, r *resource.Reading) error {
	target, err := resolve(t, doc, step, r)
	if err != nil {
		if step.Loose {
			return r.Lenient(err, "%s: nobody declares it, or a client cannot change it; it was passed over", step.Path)
		}
		return err
	}
	cleared := step.Op == Replace && nothing(step.Value)
	if cleared {
		step.Op, step.Value = Remove, nil
	}
	switch {
	case target.Attr != nil && target.Attr.Returned == "never":
		r.Note("the %s is not kept", target.Name)
		return nil
	case target.Name == "":
		err = applyExtension(t, doc, target, step, r)
	default:
		e := edit{target: target, step: step, reading: r, cleared: cleared, container: target.Container(doc, step.Op != Remove)}
		e.key = resource.Key(e.container, target.Name)
		err = e.run()
	}
	if object, ok := doc[target.Extension].(map[string]any); ok && len(object) == 0 {
		delete(doc, target.Extension)
	}
	return err
}

// resolve finds what a step works on, which must be something that a client may
// change.
func resolve(t *resource.Type, doc resource.Document, step Step, r *resource.Reading) (resource.Target, error) {
	_, object := step.Value.(map[string]any)
	target, err := t.Resolve(step.Path, doc, object)
	switch {
	case err != nil:
		return target, err
	case step.Path.Schema == "" && target.Extension != "":
		refusal := fault.InvalidPath("There is no attribute %q. One of an extension is named with the extension's URI before it.", step.Path.Attr)
		return target, r.Lenient(refusal, "%s: read as the attribute of %s", step.Path, target.Extension)
	case fixed(target):
		return target, fault.Mutability("%s cannot be changed by a client.", step.Path)
	}
	return target, nil
}

// nothing reports whether a value unassigns: null (RFC 7643 section 2.5), or the
// empty text, which many clients write for it.
func nothing(v any) bool { return v == nil || v == "" }

// fixed reports whether a client may not change the target.
func fixed(target resource.Target) bool {
	return target.Attr != nil && (target.Attr.ReadOnly() || target.Attr.Name == "schemas") ||
		target.Sub != nil && target.Sub.ReadOnly()
}

// applyExtension works on an extension (or the core schema) as a whole, as on a
// complex attribute: what is not named stays.
func applyExtension(t *resource.Type, doc resource.Document, target resource.Target, step Step, r *resource.Reading) error {
	if step.Op == Remove {
		if target.Extension == "" {
			return fault.Mutability("%s cannot be removed as a whole.", step.Path)
		}
		delete(doc, target.Extension)
		return nil
	}
	if nothing(step.Value) {
		return nil
	}
	object, ok := step.Value.(map[string]any)
	if !ok {
		return fault.InvalidValue("%s takes an object.", step.Path)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if name == "" {
			if err := r.Lenient(fault.InvalidPath("%s: an attribute has no name.", step.Path), "%s: what has no name was passed over", step.Path); err != nil {
				return err
			}
			continue
		}
		inner := step
		inner.Value, inner.Given, inner.Loose = object[name], true, true
		inner.Path.Schema, inner.Path.Attr, inner.Path.Sub = target.Extension, name, ""
		target.Container(doc, true) // so that an undeclared URN is known as one
		if err := apply(t, doc, inner, r); err != nil {
			return err
		}
	}
	return nil
}
