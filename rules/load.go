package rules

import (
	"fmt"
	"slices"
	"strings"

	"birthright/internal/strictyaml"
)

// File is a policy file: its name, for messages, and its content.
type File struct {
	Name string
	Data []byte
}

// Load reads the files of a policy and checks everything that can be checked
// without users. targets are the configured targets that access may name; nil
// means not to check that. All faults are told at once: the error wraps
// strictyaml.Faults, each with file, line and column. What only looks wrong is in
// Policy.Warnings.
//
// The order of files does not matter: they are read in the order of their names.
func Load(files []File, targets []string) (*Policy, error) {
	lang, err := newLanguage()
	if err != nil {
		return nil, fmt.Errorf("prepare the language of conditions: %w", err)
	}
	l := &loader{
		policy: &Policy{lang: lang}, targets: targets,
		seen: make(map[string]Position), noStanding: make(map[string]Position), conditions: make(map[conditionKey]checked),
	}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var read []*source
	for _, f := range files {
		read = append(read, l.read(f))
	}
	for _, s := range read {
		l.file(s)
	}
	l.crossCheck(read)
	if err := l.faults.Err(); err != nil {
		return nil, invalid("", err)
	}
	l.policy.Warnings = l.policy.Warnings.Sorted()
	l.policy.Hash = hash(l.policy)
	l.policy.Version = l.policy.Hash[:12]
	return l.policy, nil
}

// loader gathers a policy and its faults.
type loader struct {
	policy  *Policy
	targets []string
	faults  strictyaml.Faults
	// seen tells where "group NAME" and the like were first defined.
	seen map[string]Position
	// noStanding tells where the groups are defined that say standing: never.
	noStanding map[string]Position
	// conditions remembers compiled ones: the same text is compiled once.
	conditions map[conditionKey]checked
	// unclear is set when a rule gives a name that cannot be understood: then
	// any group could be defined.
	unclear bool
}

type conditionKey struct {
	source  string
	request bool
}

type checked struct {
	condition Condition
	issues    []issue
}

// source is one file under way.
type source struct {
	name      string
	text      textFile
	doc       document
	positions *strictyaml.Positions
	// unread holds the paths of values that could not be read as they were
	// meant; a misspelt key counts as the one that was probably meant.
	unread map[string]bool
}

func (l *loader) read(f File) *source {
	s := &source{name: f.Name, text: newTextFile(f.Data), unread: map[string]bool{}}
	var faults strictyaml.Faults
	s.positions, faults = strictyaml.Decode(f.Name, f.Data, &s.doc)
	for _, f := range faults {
		s.unread[f.Path] = true
	}
	l.faults = append(l.faults, faults...)
	return s
}

// file takes over what one file says.
func (l *loader) file(s *source) {
	for i := range s.doc.Groups {
		l.group(s, strictyaml.Index("groups", i), &s.doc.Groups[i])
	}
	for i := range s.doc.Rules {
		l.rule(s, strictyaml.Index("rules", i), &s.doc.Rules[i])
	}
	for i := range s.doc.Templates {
		l.template(s, strictyaml.Index("templates", i), &s.doc.Templates[i])
	}
	for i := range s.doc.Constraints {
		l.constraint(s, strictyaml.Index("constraints", i), &s.doc.Constraints[i])
	}
	for i := range s.doc.Exclusions {
		l.exclusion(s, strictyaml.Index("exclusions", i), &s.doc.Exclusions[i])
	}
	for i := range s.doc.Never {
		l.property(s, strictyaml.Index("never", i), &s.doc.Never[i])
	}
	for i := range s.doc.Bundles {
		l.bundle(s, strictyaml.Index("bundles", i), &s.doc.Bundles[i])
	}
	for i := range s.doc.Entitlements {
		l.entitlement(s, strictyaml.Index("entitlements", i), &s.doc.Entitlements[i])
	}
	for i := range s.doc.Tests {
		l.test(s, strictyaml.Index("tests", i), &s.doc.Tests[i])
	}
}

// fault notes what is wrong at path, unless the value could not even be read:
// one message for one mistake.
func (l *loader) fault(s *source, path, format string, args ...any) {
	if s.unread[path] {
		return
	}
	l.faults = append(l.faults, s.positions.Fault(path, format, args...))
}

func (s *source) position(path string) Position {
	at, _ := s.positions.At(path)
	return Position{File: s.name, Line: at.Line, Column: at.Column}
}

// define notes that kind name is defined at path; a second one is a fault.
func (l *loader) define(s *source, path, kind, name string) {
	if name == "" {
		l.fault(s, path, "a %s without a name: give it one", kind)
		return
	}
	key := kind + " " + name
	if first, ok := l.seen[key]; ok {
		l.fault(s, strictyaml.Join(path, "name"), "%s %q is defined twice; the first one is at %s:%d:%d",
			kind, name, first.File, first.Line, first.Column)
		return
	}
	l.seen[key] = s.position(strictyaml.Join(path, "name"))
}

// condition compiles an expression, if the file has it.
func (l *loader) condition(s *source, path string, x expression, request bool) Condition {
	if x.node == nil || x.broken {
		return Condition{}
	}
	key := conditionKey{x.source, request}
	done, ok := l.conditions[key]
	if !ok {
		env := l.policy.lang.rule
		if request {
			env = l.policy.lang.request
		}
		done.condition, done.issues = l.policy.lang.compile(env, x.source)
		l.conditions[key] = done
	}
	for _, i := range done.issues {
		at := s.text.place(x.node, i.offset)
		l.faults = append(l.faults, strictyaml.Fault{File: s.name, Line: at.Line, Column: at.Column, Path: path, Message: i.message})
	}
	return done.condition
}

// oneOf checks an enumeration; the empty string stands for a missing key.
func (l *loader) oneOf(s *source, path, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		key := path[strings.LastIndex(path, ".")+1:]
		l.fault(s, path, "%s cannot be %q%s: it is one of %s", key, value, didYouMean("", value, allowed), strings.Join(allowed, ", "))
	}
}
