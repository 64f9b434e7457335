package patch

import (
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

// Members is what happens to the members of a group: a difference, or with
// Replace the whole new list in Add. No id is in both lists.
type Members struct {
	Replace     bool
	Add, Remove []string // ids, each once
}

// SplitMembers takes the steps on a group's members out of steps and adds them
// up: the last word on each id counts.
func SplitMembers(steps []Step, r *resource.Reading) (rest []Step, m Members, err error) {
	t := tally{reading: r, present: map[string]bool{}}
	for _, step := range steps {
		others, members := takeApart(step)
		rest = append(rest, others...)
		for _, step := range members {
			if err := t.take(step); err != nil {
				return nil, Members{}, err
			}
		}
	}
	return rest, t.sum(), nil
}

// takeApart tells what a step does to members from what else it does; one on the core
// schema as a whole may do both.
func takeApart(step Step) (others, members []Step) {
	if onMembers(step.Path) {
		return nil, []Step{step}
	}
	object, ok := step.Value.(map[string]any)
	if whole := step.Path.Schema + ":" + step.Path.Attr; !ok || !strings.EqualFold(whole, resource.GroupURN) || step.Path.Where != nil || step.Path.Sub != "" {
		return []Step{step}, nil
	}
	value := map[string]any{}
	for name, part := range object {
		if strings.EqualFold(name, "members") && step.Op != Remove {
			members = append(members, Step{Op: step.Op, Path: filter.Path{Attr: "members"}, Value: part, Given: true, Loose: true})
			continue
		}
		value[name] = part
	}
	step.Value = value
	return []Step{step}, members
}

func onMembers(path filter.Path) bool {
	return strings.EqualFold(path.Attr, "members") &&
		(path.Schema == "" || strings.EqualFold(path.Schema, resource.GroupURN))
}

// tally collects what was last said of each id.
type tally struct {
	reading *resource.Reading
	replace bool
	order   []string
	present map[string]bool
}

func (t *tally) say(ids []string, present bool) {
	for _, id := range ids {
		if _, seen := t.present[id]; !seen {
			t.order = append(t.order, id)
		}
		t.present[id] = present
	}
}

// clear makes the list empty, whatever was said before.
func (t *tally) clear() { *t = tally{reading: t.reading, replace: true, present: map[string]bool{}} }

func (t *tally) sum() Members {
	m := Members{Replace: t.replace}
	for _, id := range t.order {
		switch {
		case t.present[id]:
			m.Add = append(m.Add, id)
		case !t.replace:
			m.Remove = append(m.Remove, id)
		}
	}
	return m
}

func (t *tally) take(step Step) error {
	if step.Path.Sub != "" {
		return fault.Mutability("%s: a member is added or removed, not changed.", step.Path)
	}
	if step.Path.Where != nil {
		return t.takeSelected(step)
	}
	if step.Op == Remove && step.Value == nil {
		t.clear()
		return nil
	}
	ids, err := MemberIDs(step.Value, t.reading)
	if err != nil {
		return err
	}
	if step.Op == Remove {
		t.reading.Note("remove members with a value: only these were removed")
	}
	if step.Op == Replace {
		t.clear()
	}
	t.say(ids, step.Op != Remove)
	return nil
}

// takeSelected reads members[value eq "x"], the one way to select members that
// needs no look at the list.
func (t *tally) takeSelected(step Step) error {
	ids, ok := selectedIDs(step.Path.Where)
	switch {
	case !ok:
		return fault.InvalidFilter("%s: members are selected by value eq \"ID\" only.", step.Path)
	case step.Op == Replace:
		return fault.Mutability("%s: a member is added or removed, not changed.", step.Path)
	}
	t.say(ids, step.Op == Add)
	return nil
}

// selectedIDs returns the ids of value eq "a" or value eq "b" …
func selectedIDs(where filter.Expr) ([]string, bool) {
	switch x := where.(type) {
	case filter.Compare:
		id, ok := x.Value.(string)
		ok = ok && x.Op == filter.Eq && id != "" && strings.EqualFold(x.Path.String(), "value")
		return []string{id}, ok
	case filter.Or:
		var ids []string
		for _, term := range x {
			more, ok := selectedIDs(term)
			if !ok {
				return nil, false
			}
			ids = append(ids, more...)
		}
		return ids, true
	}
	return nil, false
}

// MemberIDs reads a list of members as clients write it: objects with a value,
// one such object, or plain ids. Null and the empty text are the empty list.
func MemberIDs(value any, r *resource.Reading) ([]string, error) {
	list, ok := value.([]any)
	switch {
	case nothing(value):
		return nil, nil
	case !ok:
		list = []any{value}
		if err := r.Lenient(fault.InvalidValue("members takes an array."), "members: one value was read as an array of it"); err != nil {
			return nil, err
		}
	}
	ids := make([]string, len(list))
	for i, element := range list {
		if object, ok := element.(map[string]any); ok {
			element = member(object, "value")
		}
		id, ok := element.(string)
		if !ok || id == "" {
			return nil, fault.InvalidValue("Member %d has no value: the id of a user or group.", i+1)
		}
		ids[i] = id
	}
	return ids, nil
}
