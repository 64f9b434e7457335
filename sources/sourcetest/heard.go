package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"birthright/identity"
	"birthright/sources"
)

// heard is a sink that keeps a copy of everything it is told, in order.
type heard struct {
	records []identity.Record
	groups  []identity.SourceGroup
	members [][]identity.MemberRef
	late    int // records told after the first group

	onRecord func(n int) error // called with the number of records so far
	onGroup  func() error
	scribble bool // spoil what was handed over, as its owner may
}

func (h *heard) Record(r identity.Record) error {
	if len(h.groups) > 0 {
		h.late++
	}
	kept := r
	kept.Attributes = r.Attributes.Clone()
	h.records = append(h.records, kept)
	if h.scribble {
		for _, values := range r.Attributes {
			for i := range values {
				values[i] = "scribbled"
			}
			_ = append(values, "over the end")
		}
		clear(r.Attributes)
	}
	if h.onRecord != nil {
		return h.onRecord(len(h.records))
	}
	return nil
}

func (h *heard) Group(g identity.SourceGroup, members []identity.MemberRef) error {
	h.groups = append(h.groups, g)
	h.members = append(h.members, slices.Clone(members))
	if h.scribble {
		for i := range members {
			members[i] = identity.MemberRef{Key: "scribbled"}
		}
	}
	if h.onGroup != nil {
		return h.onGroup()
	}
	return nil
}

// pull reads s whole and expects that to work.
func pull(ctx context.Context, s sources.Source) (*heard, error) {
	var h heard
	checkpoint, err := s.Pull(ctx, "", &h)
	if err != nil {
		return nil, fmt.Errorf("the pull failed: %w", err)
	}
	if !checkpoint.Complete {
		return nil, errors.New("a full pull without an error is not complete")
	}
	return &h, nil
}

// byName returns the people by userName.
func (h *heard) byName() map[string]identity.Record {
	out := map[string]identity.Record{}
	for _, r := range h.records {
		out[r.Attributes.First(identity.AttrUserName)] = r
	}
	return out
}

// matches compares what was heard with w.
func (h *heard) matches(w World) error {
	if len(h.records) != len(w.People) {
		return fmt.Errorf("%d people were told, %d are there", len(h.records), len(w.People))
	}
	byName := h.byName()
	for _, p := range w.People {
		r, told := byName[p.UserName]
		if !told {
			return fmt.Errorf("%s was not told", p.UserName)
		}
		if err := samePerson(p, r); err != nil {
			return err
		}
	}
	return h.sameGroups(w)
}

// samePerson compares values as sets: not every source keeps their order.
func samePerson(p Person, r identity.Record) error {
	for _, name := range attributesUsed {
		want, got := slices.Sorted(slices.Values(p.Attributes[name])), slices.Sorted(slices.Values(r.Attributes[name]))
		if !slices.Equal(want, got) {
			return fmt.Errorf("%s: %s is %q, want %q", p.UserName, name, got, want)
		}
	}
	return nil
}

func (h *heard) sameGroups(w World) error {
	if len(h.groups) != len(w.Groups) {
		return fmt.Errorf("%d groups were told, %d are there", len(h.groups), len(w.Groups))
	}
	name := map[identity.MemberRef]string{}
	for _, r := range h.records {
		name[identity.MemberRef{Key: r.Key}] = r.Attributes.First(identity.AttrUserName)
	}
	for _, g := range h.groups {
		name[identity.MemberRef{Key: g.Key, Group: true}] = "@" + g.Name
	}
	for _, want := range w.Groups {
		i := slices.IndexFunc(h.groups, func(g identity.SourceGroup) bool { return g.Name == want.Name })
		if i < 0 {
			return fmt.Errorf("group %s was not told", want.Name)
		}
		var got []string
		for _, m := range h.members[i] {
			n, known := name[m]
			if !known {
				return fmt.Errorf("group %s has a member %+v that was never told", want.Name, m)
			}
			got = append(got, n)
		}
		expected := slices.Clone(want.People)
		for _, inner := range want.Groups {
			expected = append(expected, "@"+inner)
		}
		slices.Sort(expected)
		slices.Sort(got)
		if !slices.Equal(expected, got) {
			return fmt.Errorf("group %s has the members %q, want %q", want.Name, got, expected)
		}
	}
	return nil
}
