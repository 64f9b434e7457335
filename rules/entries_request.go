package rules

import (
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

func (l *loader) request(s *source, path string, e *requestEntry) *Request {
	if e == nil {
		return nil
	}
	r := &Request{
		Allow:       l.condition(s, strictyaml.Join(path, "allow"), e.Allow, true),
		AutoApprove: l.condition(s, strictyaml.Join(path, "auto_approve"), e.AutoApprove, true),
		AutoMax:     e.AutoMax, ForOthers: e.ForOthers,
		Default: e.Durations.Default, Max: e.Durations.Max,
		Require: e.Require, RemindBefore: e.RemindBefore, ExpireAfter: e.ExpireAfter, ActivateWithin: e.ActivateWithin,
	}
	durations := strictyaml.Join(path, "durations")
	l.lengths(s, map[string]time.Duration{
		strictyaml.Join(durations, "default"): r.Default, strictyaml.Join(durations, "max"): r.Max,
		strictyaml.Join(path, "remind_before"): r.RemindBefore, strictyaml.Join(path, "auto_max"): r.AutoMax,
		strictyaml.Join(path, "expire_after"): r.ExpireAfter, strictyaml.Join(path, "activate_within"): r.ActivateWithin,
	})
	if r.Max > 0 && r.Default > r.Max {
		l.fault(s, strictyaml.Join(durations, "default"), "the default duration is longer than the longest allowed one")
	}
	if r.AutoMax > r.Longest() {
		l.fault(s, strictyaml.Join(path, "auto_max"), "auto_max is longer than the longest allowed duration")
	}
	if r.AutoMax > 0 && e.AutoApprove.node == nil {
		l.fault(s, strictyaml.Join(path, "auto_max"), "auto_max without auto_approve: nothing is given without a decision")
	}
	for i, what := range e.Require {
		l.oneOf(s, strictyaml.Index(strictyaml.Join(path, "require"), i), what, RequireReason, RequireTicket, RequireOpenTicket)
	}
	for i, stage := range e.Approve {
		r.Approve = append(r.Approve, l.stage(s, strictyaml.Index(strictyaml.Join(path, "approve"), i), stage))
	}
	if e.Extend != nil {
		r.Extend = &Extend{Approve: e.Extend.Approve == nil || *e.Extend.Approve, Max: e.Extend.Max}
		at := strictyaml.Join(strictyaml.Join(path, "extend"), "max")
		l.lengths(s, map[string]time.Duration{at: r.Extend.Max})
		if r.Extend.Max > 0 && r.Extend.Max < r.Longest() {
			l.fault(s, at, "max is how long a grant may become as a whole: it cannot be less than the longest allowed duration")
		}
	}
	if e.BreakGlass != nil {
		at := strictyaml.Join(path, "break_glass")
		r.BreakGlass = &BreakGlass{Allow: l.condition(s, strictyaml.Join(at, "allow"), e.BreakGlass.Allow, true), Max: e.BreakGlass.Max}
		l.lengths(s, map[string]time.Duration{strictyaml.Join(at, "max"): r.BreakGlass.Max})
	}
	return r
}

// lengths checks durations by path: none that is written out may be nothing.
func (l *loader) lengths(s *source, durations map[string]time.Duration) {
	for _, at := range sortedKeys(durations) {
		if _, said := s.positions.At(at); said && durations[at] <= 0 {
			l.fault(s, at, "a duration is longer than nothing")
		}
	}
}

func (l *loader) stage(s *source, path string, e stageEntry) Stage {
	stage := Stage{By: e.By, Count: 1, RemindAfter: e.RemindAfter, EscalateAfter: e.EscalateAfter, EscalateTo: e.EscalateTo}
	if e.By == "" {
		l.fault(s, path, "a stage of approval needs by: owners, manager, user:NAME, group:NAME or oncall:SCHEDULE")
	}
	if e.Count != nil {
		stage.Count = *e.Count
		if stage.Count < 1 {
			l.fault(s, strictyaml.Join(path, "count"), "count is how many people must approve: at least 1")
		}
	}
	l.lengths(s, map[string]time.Duration{
		strictyaml.Join(path, "remind_after"): e.RemindAfter, strictyaml.Join(path, "escalate_after"): e.EscalateAfter,
	})
	if (e.EscalateAfter > 0) != (e.EscalateTo != "") {
		l.fault(s, path, "escalate_after and escalate_to belong together: when, and to whom")
	}
	return stage
}

func (l *loader) bundle(s *source, path string, e *bundleEntry) {
	l.define(s, path, "bundle", e.Name)
	if first, ok := l.seen["group "+e.Name]; ok {
		l.fault(s, strictyaml.Join(path, "name"), "%q is a group already, at %s:%d: a request could mean either", e.Name, first.File, first.Line)
	}
	if e.Name != "" && !groupNameShape.MatchString(e.Name) {
		l.fault(s, strictyaml.Join(path, "name"), "%q is not a name for a bundle: use a to z, 0 to 9, '.', '_' and '-', and start with a letter or digit", e.Name)
	}
	if len(e.Groups) == 0 && !s.unread[strictyaml.Join(path, "groups")] {
		l.fault(s, path, "bundle %q has no groups: list at least one", e.Name)
	}
	l.policy.Bundles = append(l.policy.Bundles, Bundle{
		Name: e.Name, Title: e.Title, Description: e.Description, Groups: e.Groups, Position: s.position(path),
	})
}

func (l *loader) entitlement(s *source, path string, e *entitlementEntry) {
	match := strictyaml.Join(path, "match")
	if e.Match == "" && !s.unread[match] {
		l.fault(s, path, "an entry of entitlements without match: write the address of an entitlement, for example github:team/*")
	}
	if address, err := identity.ParseEntitlement(e.Match); e.Match != "" {
		switch {
		case err != nil:
			l.fault(s, match, "%v", err)
		case l.targets != nil && !slices.Contains(l.targets, address.Target):
			l.fault(s, match, "no target %q is configured%s", address.Target, didYouMean("", address.Target, l.targets))
		}
	}
	l.oneOf(s, strictyaml.Join(path, "risk"), e.Risk, risks...)
	if e.Request == nil && !s.unread[strictyaml.Join(path, "request")] {
		l.fault(s, path, "entitlements %q have no request: say how they may be asked for", e.Match)
	}
	l.policy.Entitlements = append(l.policy.Entitlements, Requestable{
		Match: e.Match, Title: e.Title, Description: e.Description, Owners: e.Owners, Risk: e.Risk,
		Request: l.request(s, strictyaml.Join(path, "request"), e.Request), Position: s.position(path),
	})
}

// approvers checks who approves requests and asks for others, and whom the
// conditions ask about.
func (l *loader) approvers(s *source, path string, r *requestEntry) {
	if r == nil {
		return
	}
	path = strictyaml.Join(path, "request")
	conditions := map[string]expression{"allow": r.Allow, "auto_approve": r.AutoApprove}
	if r.BreakGlass != nil {
		conditions["break_glass.allow"] = r.BreakGlass.Allow
	}
	for _, key := range sortedKeys(conditions) {
		l.references(s, path+"."+key, l.conditions[conditionKey{conditions[key].source, true}].condition.Groups)
	}
	for i, who := range r.ForOthers {
		l.decider(s, strictyaml.Index(strictyaml.Join(path, "for_others"), i), who, false)
	}
	for i, stage := range r.Approve {
		at := strictyaml.Index(strictyaml.Join(path, "approve"), i)
		l.decider(s, strictyaml.Join(at, "by"), stage.By, true)
		l.decider(s, strictyaml.Join(at, "escalate_to"), stage.EscalateTo, true)
	}
}

// decider checks one who may decide or ask.
func (l *loader) decider(s *source, at, who string, shifts bool) {
	if schedule, ok := strings.CutPrefix(who, "oncall:"); ok && shifts && schedule != "" {
		return
	}
	if who == "" || who == ByOwners {
		return
	}
	if group := l.owner(s, at, who); group != "" && !l.known(group) {
		l.undefined(s, at, group)
	}
}

// bundled checks that the groups of a bundle are there and may be asked for.
func (l *loader) bundled(s *source, path string, groups []string) {
	l.references(s, path, groups)
	for i, name := range groups {
		for j := range l.policy.Groups {
			if g := &l.policy.Groups[j]; g.Name == name && g.Request == nil {
				l.fault(s, strictyaml.Index(path, i), "group %q cannot be asked for: give it a request, or take it out of the bundle", name)
			}
		}
	}
}
