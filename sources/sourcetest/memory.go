package sourcetest

import (
	"context"
	"slices"
	"sync"

	"birthright/identity"
	"birthright/sources"
)

// Memory is a good source in memory. It is safe for concurrent use.
type Memory struct {
	mu     sync.Mutex
	world  World
	failed error
}

// NewMemory returns a source of w.
func NewMemory(w World) *Memory { return &Memory{world: w} }

// Set makes w the world of later pulls.
func (m *Memory) Set(w World) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.world = w
}

// Fail makes later pulls end with err after half of the people; nil heals.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed = err
}

func (m *Memory) now() (World, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.world, m.failed
}

// key is how memory identifies a person: not by anything that may change.
func key(userName string) string { return "key-of-" + userName }

// Pull tells the whole world.
func (m *Memory) Pull(ctx context.Context, _ sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	world, failed := m.now()
	for i, p := range world.People {
		if failed != nil && i >= len(world.People)/2 {
			return sources.Checkpoint{}, failed
		}
		if err := ctx.Err(); err != nil {
			return sources.Checkpoint{}, err
		}
		attributes := p.Attributes.Clone()
		attributes.Set(identity.AttrUserName, p.UserName)
		if err := sink.Record(identity.Record{Key: key(p.UserName), Attributes: attributes}); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	for _, g := range world.Groups {
		if err := ctx.Err(); err != nil {
			return sources.Checkpoint{}, err
		}
		if err := sink.Group(identity.SourceGroup{Key: key("@" + g.Name), Name: g.Name}, world.members(g)); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return sources.Checkpoint{}, err
	}
	return sources.Checkpoint{Complete: true, Seen: len(world.People)}, nil
}

func (w World) members(g Group) []identity.MemberRef {
	var out []identity.MemberRef
	for _, name := range g.People {
		if slices.ContainsFunc(w.People, func(p Person) bool { return p.UserName == name }) {
			out = append(out, identity.MemberRef{Key: key(name)})
		}
	}
	for _, name := range g.Groups {
		out = append(out, identity.MemberRef{Key: key("@" + name), Group: true})
	}
	return out
}

// Probe counts.
func (m *Memory) Probe(ctx context.Context) (sources.Report, error) {
	world, failed := m.now()
	if err := ctx.Err(); err != nil {
		return sources.Report{}, err
	}
	report := sources.Report{Reachable: failed == nil, Users: len(world.People), Groups: len(world.Groups)}
	finding := sources.Finding{OK: failed == nil, Check: "read"}
	if failed != nil {
		finding.Detail, finding.Remedy = failed.Error(), "heal the memory"
	}
	report.Findings = append(report.Findings, finding)
	return report, nil
}
