package reconcile

import (
	"birthright/internal/tracing"
	"birthright/plan"
	"birthright/store"
)

// What the traces of a run show: the rules that were asked, and for each target the plan,
// what was read for it, and the batches that were sent.

// places are where in which trace some work was made necessary.
func places(work []store.Work) []string {
	out := make([]string, len(work))
	for i := range work {
		out[i] = work[i].Trace
	}
	return out
}

// followed lets what is left of some work go on in the traces that the work is part of.
func followed(left, work []store.Work) []store.Work {
	places := map[int64]string{}
	for i := range work {
		if work[i].Trace != "" {
			places[work[i].UserN] = work[i].Trace
		}
	}
	for i := range left {
		if left[i].Trace == "" {
			left[i].Trace = places[left[i].UserN]
		}
	}
	return left
}

// planned tells of a plan that was made.
func planned(span *tracing.Span, p *prepared) {
	if span == nil || p == nil {
		return
	}
	span.Count(tracing.Users, len(p.decision.users))
	span.Count(tracing.Changes, len(p.changes))
	span.Count(tracing.Held, len(p.stopped))
	span.Count(tracing.Drift, len(p.drift))
}

// sent tells of a batch that a target has answered.
func (a *applier) sent(span *tracing.Span, changes []plan.Change, verdicts []verdict) {
	if span == nil {
		return
	}
	ids, outcomes := make([]string, len(changes)), map[string]int{}
	for i, c := range changes {
		ids[i] = c.ID
		outcomes[verdicts[i].outcome]++
	}
	span.Run(a.run)
	span.Count(tracing.Changes, len(changes))
	span.Changes(ids)
	span.Outcomes(outcomes)
}

// word is how much a run looks at, for a trace.
func (s sight) word() string {
	switch s {
	case recheck:
		return "recheck"
	case everything:
		return "everything"
	}
	return "trust"
}
