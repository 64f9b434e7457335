package patch_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/scim/patch"
	"birthright/scim/resource"
)

// set is the members of a group, the plain way.
type set map[string]bool

// The rules for members, one operation after the other on a set. ok is false for
// what is refused: a change of a member, a selection by anything but its id, and a
// member without one.
func (s set) apply(op string, path string, value any, strict bool) (set, bool) {
	out := maps.Clone(s)
	name, where, selects := strings.Cut(path, "[")
	where, sub, _ := strings.Cut(where, "]")
	if sub != "" || strings.HasSuffix(strings.ToLower(name), ".value") {
		return nil, false
	}
	if selects {
		if op == "replace" {
			return nil, false
		}
		for term := range strings.SplitSeq(where, " or ") {
			id, ok := strings.CutPrefix(strings.ToLower(term), `value eq "`)
			if !ok {
				return nil, false
			}
			if out[strings.TrimSuffix(id, `"`)] = true; op == "remove" {
				delete(out, strings.TrimSuffix(id, `"`))
			}
		}
		return out, true
	}
	if value == nil && op == "remove" {
		return set{}, true
	}
	ids, ok := idsOf(value, strict)
	if !ok {
		return nil, false
	}
	if op == "replace" {
		clear(out)
	}
	for _, id := range ids {
		if out[id] = true; op == "remove" {
			delete(out, id)
		}
	}
	return out, true
}

// idsOf reads a list of members: objects with a value, or plain ids.
func idsOf(value any, strict bool) ([]string, bool) {
	list, ok := value.([]any)
	switch {
	case value == nil, value == "":
		return nil, true
	case !ok && strict:
		return nil, false
	case !ok:
		list = []any{value}
	}
	var ids []string
	for _, one := range list {
		if m, ok := one.(map[string]any); ok {
			one = nil
			for name, v := range m {
				if strings.EqualFold(name, "value") {
					one = v
				}
			}
		}
		id, _ := one.(string)
		if id == "" {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// drawMembers makes the value of an operation on members.
func drawMembers(t *rapid.T) any {
	one := func() any {
		id := pick(t, "a", "b", "c", "d", "e")
		switch rapid.IntRange(0, 12).Draw(t, "form") {
		case 0:
			return id
		case 1:
			return map[string]any{"VALUE": id, "$ref": nil, "display": "x"}
		case 2:
			return drawAny(t, 1)
		}
		return map[string]any{"value": id}
	}
	switch rapid.IntRange(0, 9).Draw(t, "list") {
	case 0:
		return rapid.SampledFrom([]any{nil, ""}).Draw(t, "nobody")
	case 1:
		return one()
	}
	list := []any{}
	for range rapid.IntRange(0, 3).Draw(t, "length") {
		list = append(list, one())
	}
	return list
}

// memberOperations draws operations on members, and others in between.
func memberOperations(t *rapid.T) []any {
	list := []any{}
	for range rapid.IntRange(1, 5).Draw(t, "operations") {
		op := map[string]any{"op": pick(t, "add", "replace", "remove", "Add", "REMOVE")}
		path := pick(t, "members", "members", "Members", resource.GroupURN+":members", `members[value eq "a"]`, `members[VALUE EQ "b"]`, `members[value eq "c" or value eq "d"]`,
			`members[display eq "x"]`, `members[value eq "a"].display`, "members.value", "displayName", "", "", resource.GroupURN)
		if remove := strings.EqualFold(op["op"].(string), "remove"); path == "" && !remove {
			op["value"] = map[string]any{"displayName": "x", vary(t, "members"): drawMembers(t)}
			if rapid.Bool().Draw(t, "below the schema") {
				op["value"] = map[string]any{resource.GroupURN: op["value"]}
			}
		} else if path == resource.GroupURN && !remove {
			op["path"], op["value"] = path, map[string]any{"displayName": "x", vary(t, "members"): drawMembers(t)}
		} else if path == resource.GroupURN {
			continue
		} else if path != "" {
			op["path"] = path
			if path == "displayName" {
				op["value"] = "x"
			} else if !remove || rapid.Bool().Draw(t, "named") {
				op["value"] = drawMembers(t)
			}
		} else {
			continue
		}
		list = append(list, op)
	}
	return list
}

// What SplitMembers makes of operations does to any group what the operations do
// one after the other.
func membersAreASet(t *rapid.T) {
	operations := memberOperations(t)
	if len(operations) == 0 {
		return
	}
	before := set{}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		if rapid.Bool().Draw(t, "member "+id) {
			before[id] = true
		}
	}
	strict := rapid.Bool().Draw(t, "strict")
	want, ok := before, true
	for _, one := range operations {
		op := one.(map[string]any)
		path, _ := op["path"].(string)
		value := op["value"]
		if path == "" || path == resource.GroupURN {
			path = "members"
			if below, ok := value.(map[string]any)[resource.GroupURN]; ok {
				value = below
			}
			for name, v := range value.(map[string]any) {
				if strings.EqualFold(name, "members") {
					value = v
				}
			}
		}
		if ok && path != "displayName" {
			want, ok = want.apply(strings.ToLower(op["op"].(string)), path, value, strict)
		}
	}
	r := &resource.Reading{Strict: strict}
	steps, err := patch.Parse(map[string]any{"schemas": []any{patch.URN}, "Operations": operations}, 100, r)
	if err != nil {
		t.Fatal(err)
	}
	_, m, err := patch.SplitMembers(steps, r)
	if (err == nil) != ok {
		t.Fatalf("%s\nstrict %v: %v; the set is %v", written(operations), strict, err, want)
	}
	if err != nil {
		return
	}
	got := maps.Clone(before)
	if m.Replace {
		clear(got)
	}
	for _, id := range m.Remove {
		delete(got, id)
	}
	for _, id := range m.Add {
		got[id] = true
	}
	if diff := cmp.Diff(want, got); diff != "" || !eachOnce(m) {
		t.Fatalf("%s\nof %v gave %+v: %s", written(operations), slices.Sorted(maps.Keys(before)), m, diff)
	}
}

// eachOnce reports whether no id is said twice.
func eachOnce(m patch.Members) bool {
	seen := set{}
	for _, id := range slices.Concat(m.Add, m.Remove) {
		if seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

func TestMembersAreASet(t *testing.T) { rapid.Check(t, membersAreASet) }

func FuzzMembers(f *testing.F) { f.Fuzz(rapid.MakeFuzz(membersAreASet)) }
