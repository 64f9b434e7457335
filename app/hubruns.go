package app

import (
	"context"

	"birthright/hub"
	"birthright/identity"
	"birthright/intake"
	"birthright/live"
	"birthright/reconcile"
	"birthright/targets"
)

func (a *App) targetKinds() map[string]hub.TargetSetting {
	out := map[string]hub.TargetSetting{}
	for _, t := range a.Config.Targets {
		out[t.Name] = hub.TargetSetting{Kind: t.Kind, Simulated: t.Simulated()}
	}
	return out
}

func (a *App) sourceSettings() []hub.SourceSetting {
	out := make([]hub.SourceSetting, len(a.sources))
	for i, s := range a.sources {
		out[i] = s.setting()
	}
	return out
}

// setting is what the hub tells of the source.
func (s Source) setting() hub.SourceSetting {
	_, tells := s.Context()
	return hub.SourceSetting{
		Name: s.Name, Kind: s.Kind, Schedule: s.Schedule, Pushes: s.Told(), Facts: tells, Inspect: s.Inspects(), Dialect: s.profile(), Adapter: s.Adapter,
	}
}

// Check asks the source about connection and rights.
func (s Source) Check(ctx context.Context) []hub.Check { return hub.CheckSource(ctx, s.setting()) }

// progress tells the caller of the program, and whoever watches, how far long work is.
func (a *App) progress(subject, step string, done, total int) {
	a.Progress(subject, step, done, total)
	a.live.Progress(subject, step, done, total)
}

// witness tells those who watch what runs do.
type witness struct{ *live.Feed }

// sample is how many of many changes are told one by one.
const sample = 20

// Recorded implements reconcile.Witness.
func (w witness) Recorded(run, partOf, target string, changes []reconcile.Change) {
	e := live.Event{Kind: live.Changes, Run: partOf, Pass: run, Target: target, Count: len(changes)}
	for i, c := range changes {
		if o := targets.Outcome(c.Outcome); !o.OK() && o != targets.Pending {
			e.Failed++
		}
		if i < sample {
			e.Sample = append(e.Sample, live.Change{
				Action: string(c.Action), User: c.User, Account: c.Account, Entitlement: c.Entitlement, Outcome: c.Outcome, Error: c.Error,
			})
		}
	}
	w.Tell(e)
}

// Held implements reconcile.Witness.
func (w witness) Held(run, partOf, target string, held []reconcile.Held) {
	e := live.Event{Kind: live.Held, Run: partOf, Pass: run, Target: target, Count: len(held)}
	for _, h := range held[:min(sample, len(held))] {
		e.Sample = append(e.Sample, live.Change{Action: string(h.Action), Account: h.Account, Entitlement: h.Entitlement, Reason: h.Reason})
	}
	w.Tell(e)
}

// importEach reads the named sources, or all that can be read, and returns why each of
// those that could not be taken in was not.
func (a *App) importEach(ctx context.Context, names []string) (reports []intake.Report, faults []error) {
	chosen, err := a.chooseSources(names)
	if err != nil {
		return nil, []error{err}
	}
	peopleFirst(chosen)
	for i, s := range chosen {
		a.progress(s.Name, "reading", i, len(chosen))
		report, err := a.read(ctx, s)
		if err != nil {
			faults = append(faults, err)
		}
		if err == nil || identity.KindOf(err) == identity.Held {
			reports = append(reports, report)
		}
	}
	return reports, faults
}
