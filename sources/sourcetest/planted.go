package sourcetest

import (
	"context"
	"fmt"
	"sync"

	"birthright/identity"
	"birthright/sources"
)

// spoiled is a good source with a planted fault in one of its two methods.
type spoiled struct {
	sources.Source
	pull  func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error)
	probe func(ctx context.Context) (sources.Report, error)
}

func (s *spoiled) Pull(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	if s.pull == nil {
		return s.Source.Pull(ctx, since, sink)
	}
	return s.pull(ctx, since, sink)
}

func (s *spoiled) Probe(ctx context.Context) (sources.Report, error) {
	if s.probe == nil {
		return s.Source.Probe(ctx)
	}
	return s.probe(ctx)
}

// sieve is a sink that changes what passes through.
type sieve struct {
	sources.Sink
	record func(r identity.Record) error
	group  func(g identity.SourceGroup, members []identity.MemberRef) error
}

func (s sieve) Record(r identity.Record) error {
	if s.record == nil {
		return s.Sink.Record(r)
	}
	return s.record(r)
}

func (s sieve) Group(g identity.SourceGroup, members []identity.MemberRef) error {
	if s.group == nil {
		return s.Sink.Group(g, members)
	}
	return s.group(g, members)
}

// through spoils what a pull tells.
func through(spoil func(sink sources.Sink) sources.Sink) func(sources.Source) sources.Source {
	return func(good sources.Source) sources.Source {
		return &spoiled{Source: good, pull: func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
			return good.Pull(ctx, since, spoil(sink))
		}}
	}
}

func changeRecords(change func(r *identity.Record)) func(sources.Source) sources.Source {
	return through(func(sink sources.Sink) sources.Sink {
		return sieve{Sink: sink, record: func(r identity.Record) error { change(&r); return sink.Record(r) }}
	})
}

func changeGroups(change func([]identity.MemberRef) []identity.MemberRef) func(sources.Source) sources.Source {
	return through(func(sink sources.Sink) sources.Sink {
		return sieve{Sink: sink, group: func(g identity.SourceGroup, members []identity.MemberRef) error {
			return sink.Group(g, change(members))
		}}
	})
}

func changeEnd(change func(sources.Checkpoint, error) (sources.Checkpoint, error)) func(sources.Source) sources.Source {
	return func(good sources.Source) sources.Source {
		return &spoiled{Source: good, pull: func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
			return change(good.Pull(ctx, since, sink))
		}}
	}
}

func changeReport(change func(*sources.Report)) func(sources.Source) sources.Source {
	return func(good sources.Source) sources.Source {
		return &spoiled{Source: good, probe: func(ctx context.Context) (sources.Report, error) {
			report, err := good.Probe(ctx)
			change(&report)
			return report, err
		}}
	}
}

// skipRecord loses the n-th person.
func skipRecord(n int) func(sources.Source) sources.Source {
	return through(func(sink sources.Sink) sources.Sink {
		i := 0
		return sieve{Sink: sink, record: func(r identity.Record) error {
			if i++; i == n {
				return nil
			}
			return sink.Record(r)
		}}
	})
}

// swallow takes every end for a good one.
func swallow(good sources.Source) sources.Source {
	return changeEnd(func(c sources.Checkpoint, _ error) (sources.Checkpoint, error) {
		c.Complete = true
		return c, nil
	})(good)
}

// addRecord makes somebody up.
func addRecord(good sources.Source) sources.Source {
	return &spoiled{Source: good, pull: func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
		if err := sink.Record(identity.Record{Key: "ghost", Attributes: identity.Attributes{}}); err != nil {
			return sources.Checkpoint{}, err
		}
		return good.Pull(ctx, since, sink)
	}}
}

// groupsFirst tells the last person after the groups.
func groupsFirst(good sources.Source) sources.Source {
	return &spoiled{Source: good, pull: func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
		var held []identity.Record
		end, err := good.Pull(ctx, since, sieve{Sink: sink, record: func(r identity.Record) error { held = append(held, r); return nil }})
		for _, r := range held {
			if err := sink.Record(r); err != nil {
				return sources.Checkpoint{}, err
			}
		}
		return end, err
	}}
}

// renumber gives keys by the number of the pull.
func renumber(good sources.Source) sources.Source {
	pulls := 0
	return &spoiled{Source: good, pull: func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
		pulls++
		return good.Pull(ctx, since, sieve{Sink: sink, record: func(r identity.Record) error {
			r.Key = fmt.Sprint(pulls, r.Key)
			return sink.Record(r)
		}})
	}}
}

// remember tells again whoever it once told.
func remember(good sources.Source) sources.Source {
	var once []identity.Record
	return &spoiled{Source: good, pull: func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
		if once != nil {
			for _, r := range once {
				if err := sink.Record(r); err != nil {
					return sources.Checkpoint{}, err
				}
			}
			return sources.Checkpoint{Complete: true, Seen: len(once)}, nil
		}
		return good.Pull(ctx, since, sieve{Sink: sink, record: func(r identity.Record) error {
			once = append(once, r)
			return sink.Record(r)
		}})
	}}
}

// resume goes on where a failed pull ended.
func resume(good sources.Source) sources.Source {
	done := map[string]bool{}
	return through(func(sink sources.Sink) sources.Sink {
		return sieve{Sink: sink, record: func(r identity.Record) error {
			if done[r.Key] {
				return nil
			}
			done[r.Key] = true
			return sink.Record(r)
		}}
	})(good)
}

// share hands out the same values in every pull.
func share(good sources.Source) sources.Source {
	known := map[string]identity.Attributes{}
	return through(func(sink sources.Sink) sources.Sink {
		return sieve{Sink: sink, record: func(r identity.Record) error {
			if known[r.Key] == nil {
				known[r.Key] = r.Attributes
			}
			r.Attributes = known[r.Key]
			return sink.Record(r)
		}}
	})(good)
}

// onlyOne refuses whoever comes while another pull is under way, or, so that the
// fault shows on a machine that never lets two meet, came second.
func onlyOne(good sources.Source) sources.Source {
	var mu sync.Mutex
	pulls := 0
	return &spoiled{Source: good, pull: func(ctx context.Context, since sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
		mu.Lock()
		pulls++
		second := pulls > 1
		mu.Unlock()
		if second {
			return sources.Checkpoint{}, fmt.Errorf("busy")
		}
		return good.Pull(ctx, since, sink)
	}}
}
