package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"birthright/bench/hub"
	"birthright/identity"
	"birthright/sources"
)

const (
	// cellSize is how many people are alike, and how many a group has.
	cellSize = 100
	// groupsEach is how many groups each of them is in.
	groupsEach = 10
)

func cell(i int) string     { return fmt.Sprintf("cell-%04d", i/cellSize) }
func userName(i int) string { return fmt.Sprintf("p%06d", i) }

// policy gives each cell ten groups, by one rule.
func policy(people int, kind string) string {
	var groups, rules strings.Builder
	for c := range people / cellSize {
		names := make([]string, groupsEach)
		for g := range names {
			names[g] = fmt.Sprintf("g-%04d-%d", c, g)
			fmt.Fprintf(&groups, "  - {name: %s, access: [\"app:%s/%s\"]}\n", names[g], kind, names[g])
		}
		fmt.Fprintf(&rules, "  - {name: r-%04d, when: 'user.department == %q', groups: [%s]}\n", c, cell(c*cellSize), strings.Join(names, ", "))
	}
	return "groups:\n" + groups.String() + "rules:\n" + rules.String()
}

// groupNames are the names of all groups.
func groupNames(people int) []string {
	var out []string
	for c := range people / cellSize {
		for g := range groupsEach {
			out = append(out, fmt.Sprintf("g-%04d-%d", c, g))
		}
	}
	return out
}

// staff tells of the people as a source.
type staff int

// Probe implements sources.Source.
func (staff) Probe(context.Context) (sources.Report, error) {
	return sources.Report{Reachable: true}, nil
}

// Pull implements sources.Source.
func (n staff) Pull(_ context.Context, _ sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	for i := range int(n) {
		r := identity.Record{Source: hub.Source, Key: userName(i), Attributes: identity.Attributes{}}
		r.Attributes.Set(identity.AttrUserName, userName(i))
		r.Attributes.Set(identity.AttrDepartment, cell(i))
		r.Attributes.Set(identity.AttrDisplayName, "Person "+userName(i))
		r.Attributes.Set(identity.AttrActive, "true")
		if err := sink.Record(r); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	return sources.Checkpoint{Complete: true, Seen: int(n)}, nil
}

// configuration is that of a hub with one target.
const configuration = `
database: {url: "sqlite:hub.db"}
policies: [policies/*.yaml]
sources:
  - {name: idp, kind: scim}
sync:
  guard: {max_removals: 1000000, max_removal_percent: 100, max_missing_percent: 100}
targets:
  - %s
`

// openHub opens a hub that knows everybody and has given nobody anything. done closes
// it and removes its files.
func openHub(ctx context.Context, target, kind string, people int) (h *hub.Hub, done func() error, err error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, nil, err
	}
	remove := func() error { return os.RemoveAll(dir) }
	h, err = hub.Open(ctx, dir, fmt.Sprintf(configuration, target), policy(people, kind), nil)
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	done = func() error { return errors.Join(h.Close(ctx), remove()) }
	if _, err := h.Intake.Pull(ctx, hub.Source, staff(people)); err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return h, done, nil
}
