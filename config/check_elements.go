package config

import (
	"regexp"
	"slices"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/sources"
	"birthright/targets"
)

// goodName is how sources and targets are named: names stand in addresses,
// environment variables and logs.
var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

func (l *loader) checkSources() {
	seen := map[string]string{}
	for i, s := range l.cfg.Sources {
		path := strictyaml.Index("sources", i)
		l.checkName(path+".name", s.Name, "source", seen)
		l.checkSchedule(path+".schedule", s.Schedule)
		l.checkSourceMap(path+".map", s.Map)
		l.checkAttributes(path+".self_editable", s.SelfEditable, SelfGroups, SelfTickets, SelfShifts)
		if s.Guard != nil {
			l.checkPercent(path+".guard.max_missing_percent", s.Guard.MaxMissingPercent)
		}
		l.checkTold(path, s)
		l.validate(path, s.Settings)
	}
}

// checkTold looks at a source that tells facts: whom they are about is looked up
// by what people are correlated by, and nothing else is.
func (l *loader) checkTold(path string, s Source) {
	matcher, ok := s.Settings.(interface{ MatchedBy() []string })
	if !ok {
		return
	}
	if len(s.Map) > 0 {
		l.fault(path+".map", "the source tells facts and no people: leave map out")
	}
	names := matcher.MatchedBy()
	if len(names) == 0 {
		l.fault(path+".match", "empty; name at least one attribute, such as email")
	}
	for i, name := range names {
		alone := slices.ContainsFunc(l.cfg.Correlate, func(rule []string) bool {
			return len(rule) == 1 && identity.CanonicalAttribute(rule[0]) == name
		})
		if !alone && name != identity.AttrUserName {
			at := path + ".match" // where the default cannot be
			if one := strictyaml.Index(at, i); l.positions.Written(one) {
				at = one
			}
			l.fault(at, "people are not looked up by %s: match by userName, or by an attribute that stands alone in correlate", name)
		}
	}
}

func (l *loader) checkTargets() {
	seen := map[string]string{}
	for i, t := range l.cfg.Targets {
		path := strictyaml.Index("targets", i)
		l.checkName(path+".name", t.Name, "target", seen)
		l.checkOneOf(path+".unmanaged", t.Unmanaged, UnmanagedReport, UnmanagedIgnore, UnmanagedRemove)
		l.checkOneOf(path+".observe", t.Observe, ObserveAll, ObserveGoverned)
		l.checkOneOf(path+".accounts.leaver", t.Accounts.Leaver, LeaverKeep, LeaverDisable, LeaverDelete)
		if len(t.Match) == 0 {
			l.fault(path+".match", "empty; name at least one attribute, such as userName")
		}
		l.checkAttributes(path+".match", t.Match)
		l.checkTargetMap(path+".map", t.Map)
		if t.Guard != nil {
			l.checkCount(path+".guard.max_removals", t.Guard.MaxRemovals)
			l.checkCount(path+".guard.min_removals", t.Guard.MinRemovals)
			l.checkPercent(path+".guard.max_removal_percent", t.Guard.MaxRemovalPercent)
		}
		l.validate(path, t.Settings)
	}
}

// checkName wants a good name that no other element of the list has; seen tells
// where each name was seen first.
func (l *loader) checkName(path, name, noun string, seen map[string]string) {
	first, taken := seen[name]
	switch {
	case name == "":
		l.fault(path, "missing; every %s needs a name", noun)
	case !goodName.MatchString(name):
		l.fault(path, "%q is not a name: write lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit", name)
	case taken:
		at, _ := l.positions.At(first)
		l.fault(path, "%q is the name of the %s on line %d already", name, noun, at.Line)
	default:
		seen[name] = path
	}
}

// checkSourceMap takes several mappings to one attribute: the first that finds
// values wins.
func (l *loader) checkSourceMap(path string, mappings []sources.Mapping) {
	for i := range mappings {
		m, at := &mappings[i], strictyaml.Index(path, i)
		l.checkEnds(at, m.To, m.From)
		m.To = l.checkAttribute(at+".to", m.To)
		if _, err := regexp.Compile(m.Match); err != nil {
			l.fault(at+".match", "%q is not a regular expression (RE2): %s", m.Match, err)
		}
	}
}

// checkTargetMap takes one mapping to each field.
func (l *loader) checkTargetMap(path string, mappings []targets.Mapping) {
	seen := map[string]int{}
	for i := range mappings {
		m, at := &mappings[i], strictyaml.Index(path, i)
		l.checkEnds(at, m.To, m.From)
		m.From = l.checkAttribute(at+".from", m.From)
		if first, taken := seen[m.To]; taken && m.To != "" {
			l.fault(at+".to", "%q is written twice; %s[%d] does it too", m.To, path, first)
		}
		seen[m.To] = i
	}
}

func (l *loader) checkEnds(path, to, from string) {
	if to == "" {
		l.fault(path+".to", "missing; a mapping says to what and from what")
	}
	if from == "" {
		l.fault(path+".from", "missing; a mapping says to what and from what")
	}
}

func (l *loader) checkCorrelate() {
	for i, keys := range l.cfg.Correlate {
		path := strictyaml.Index("correlate", i)
		if len(keys) == 0 {
			l.fault(path, "empty; name at least one attribute, such as email")
		}
		l.checkAttributes(path, keys)
	}
}

func (l *loader) checkAuthority() {
	var names []string
	allKnown := !l.spoilt("sources")
	for _, s := range l.cfg.Sources {
		names = append(names, s.Name)
		allKnown = allKnown && s.Name != ""
	}
	seen := map[string]string{}
	for i, a := range l.cfg.Authority {
		path := strictyaml.Index("authority", i)
		if len(a.Attributes) == 0 {
			l.fault(path+".attributes", "missing; name at least one attribute, such as department")
		}
		if len(a.Sources) == 0 {
			l.fault(path+".sources", "missing; name at least one source")
		}
		l.checkAttributes(path+".attributes", a.Attributes)
		for j, name := range a.Attributes {
			at, name := strictyaml.Index(path+".attributes", j), identity.CanonicalAttribute(name)
			if first, taken := seen[name]; taken && first != path+".attributes" {
				l.fault(at, "%s has an authority already, in %s", name, strictyaml.Parent(first))
			}
			seen[name] = path + ".attributes"
		}
		for j, name := range a.Sources {
			if !allKnown {
				break // it may be the one that cannot be read
			}
			l.checkSourceName(strictyaml.Index(path+".sources", j), name, names, a.Sources[:j])
		}
	}
}

// checkSourceName wants the name of a source that is defined and was not named
// before in the same list.
func (l *loader) checkSourceName(path, name string, defined, before []string) {
	switch near := strictyaml.Nearest(name, defined); {
	case slices.Contains(before, name):
		l.fault(path, "%q is in the list twice", name)
	case slices.Contains(defined, name):
	case near != "":
		l.fault(path, "no source is called %q; did you mean %q?", name, near)
	default:
		l.fault(path, "no source is called %q", name)
	}
}

// checkAttributes wants attribute names, each once, and puts them into the
// spelling that the hub uses. Further words may stand for something else.
func (l *loader) checkAttributes(path string, names []string, words ...string) {
	for i, name := range names {
		at := strictyaml.Index(path, i)
		names[i] = l.checkAttribute(at, name, words...)
		switch {
		case name == "":
			l.fault(at, "empty; name an attribute, such as email")
		case slices.Contains(names[:i], names[i]):
			l.fault(at, "%s is in the list twice", names[i])
		}
	}
}

// checkAttribute returns the hub's spelling of an attribute's name, and warns
// of a name that looks like a slip in one that the hub knows, or in one of words.
func (l *loader) checkAttribute(path, name string, words ...string) string {
	known := append(identity.KnownAttributes(), words...)
	name = identity.CanonicalAttribute(name)
	if near := strictyaml.Nearest(name, known); near != "" && !slices.Contains(known, name) {
		l.warn(path, "%q is an attribute of your own; did you mean %s?", name, near)
	}
	return name
}
