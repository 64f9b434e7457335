package suggest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"birthright/internal/duration"
	"birthright/rules"
)

// Apply returns the files of a policy as one, with drafts in it. What people wrote
// stays as they wrote it, comments too.
func Apply(files []rules.File, drafts []Draft, unused []Unused, held ...Held) ([]byte, error) {
	m, err := merged(files)
	if err != nil {
		return nil, err
	}
	for i := range drafts {
		if err := m.draft(&drafts[i]); err != nil {
			return nil, err
		}
	}
	for i := range unused {
		if err := m.unused(&unused[i]); err != nil {
			return nil, err
		}
	}
	for i := range held {
		if err := m.held(&held[i]); err != nil {
			return nil, err
		}
	}
	return encoded(m.root)
}

func encoded(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("write a draft: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

func (m *document) draft(d *Draft) error {
	if d.Kind == AsRule {
		return m.add(d.rule())
	}
	request, err := m.request(d.Group.Name)
	if err != nil {
		return err
	}
	if d.Kind == AsTerm {
		return setDefault(request, d)
	}
	r := d.autoApproved()
	if err := put(request, "auto_approve", r.Auto, "suggested: "+d.sentence()); err != nil || r.AutoMax == "" {
		return err
	}
	return put(request, "auto_max", r.AutoMax, "")
}

// autoApproved is the condition, beside the one that was there. For how long that one
// gives the group is not the matter of this draft.
func (d *Draft) autoApproved() requestEntry {
	if d.Was != "" {
		return requestEntry{Auto: "(" + d.Was + ") || (" + d.Condition + ")"}
	}
	return requestEntry{Auto: d.Condition, AutoMax: duration.Format(d.Longest)}
}

// setDefault sets the usual length of a request, and nothing else of it.
func setDefault(request *yaml.Node, d *Draft) error {
	durations := valueOf(request, "durations")
	if durations == nil || durations.Kind != yaml.MappingNode {
		return put(request, "durations", map[string]string{"default": duration.Format(d.Default)}, "suggested: "+d.sentence())
	}
	return put(durations, "default", duration.Format(d.Default), "suggested: "+d.sentence())
}

// request returns the node that says how a group is asked for.
func (m *document) request(group string) (*yaml.Node, error) {
	g, err := m.group(group)
	if err != nil {
		return nil, err
	}
	request := valueOf(g, "request")
	if request == nil || request.Kind != yaml.MappingNode { // `request:` with nothing in it
		if err := put(g, "request", map[string]string{}, ""); err != nil {
			return nil, err
		}
		request = valueOf(g, "request")
	}
	request.Style = 0
	return request, nil
}

func (m *document) group(name string) (*yaml.Node, error) {
	list := m.list("groups")
	at := entry(list, name)
	if at < 0 {
		return nil, fmt.Errorf("the policy files do not define group %s", name)
	}
	list.Content[at].Style = 0
	return list.Content[at], nil
}

// ruleEntry is a rule as a policy file writes it.
type ruleEntry struct {
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Owner       string   `yaml:"owner,omitempty"`
	When        string   `yaml:"when"`
	Except      string   `yaml:"except,omitempty"`
	Groups      []string `yaml:"groups,flow"`
}

// rule is the draft of a rule.
func (d *Draft) rule() ruleEntry {
	return ruleEntry{Name: d.Name, Description: d.sentence(), Owner: ownerOf(d.Group.Owners), When: d.Condition, Except: d.Except, Groups: []string{d.Group.Name}}
}

// ownerOf is the first owner who can own a rule.
func ownerOf(owners []string) string {
	for _, owner := range owners {
		if strings.Contains(owner, ":") {
			return owner
		}
	}
	return ""
}

// sentence is the evidence in one.
func (d *Draft) sentence() string {
	return fmt.Sprintf("%d of the %d people whom this is about asked for %s, %d of all %d who did; %d requests since %s, %s approved, for %s at the median",
		size(d.Asking), size(d.Asking)+size(d.Others), d.Group.Name, size(d.Asking), d.Askers, d.Requests, d.Since.UTC().Format(time.DateOnly),
		Percent(d.ApprovalRate()), duration.Format(d.Median))
}

// Percent is a share for people. What is not all is never 100 %.
func Percent(x float64) string {
	whole := int(x * 100)
	return fmt.Sprintf("%d %%", whole)
}

// YAML is the draft by itself, as it would stand in a policy file.
func (d *Draft) YAML() string {
	var value any
	switch d.Kind {
	case AsRule:
		value = map[string]any{"rules": []ruleEntry{d.rule()}}
	case AsAuto:
		value = map[string]any{"groups": groupPatch(d.Group.Name, d.autoApproved())}
	default:
		value = map[string]any{"groups": groupPatch(d.Group.Name, requestEntry{Durations: &durationEntry{Default: duration.Format(d.Default)}})}
	}
	return text(value)
}

func text(value any) string {
	out, err := encoded(value)
	if err != nil {
		return "" // plain structs of texts can always be written
	}
	return string(out)
}

// requestEntry is what a draft says about how a group is asked for.
type requestEntry struct {
	Durations *durationEntry `yaml:"durations,omitempty,flow"`
	Require   []string       `yaml:"require,omitempty,flow"`
	Approve   []stageEntry   `yaml:"approve,omitempty"`
	Auto      string         `yaml:"auto_approve,omitempty"`
	AutoMax   string         `yaml:"auto_max,omitempty"`
}

type durationEntry struct {
	Default string `yaml:"default"`
	Max     string `yaml:"max,omitempty"`
}

type stageEntry struct {
	By string `yaml:"by"`
}

// groupPatch is the part of a group that a draft changes.
func groupPatch(group string, r requestEntry) []patch { return []patch{{group, r}} }

type patch struct {
	Name    string       `yaml:"name"`
	Request requestEntry `yaml:"request"`
}

// add appends a rule.
func (m *document) add(r ruleEntry) error { return m.append("rules", r) }

// append adds an entry to a list.
func (m *document) append(to string, entry any) error {
	var node yaml.Node
	if err := node.Encode(entry); err != nil {
		return err
	}
	list := m.list(to)
	list.Content = append(list.Content, &node)
	return nil
}

// unused takes a group out of its rule.
func (m *document) unused(u *Unused) error {
	list := m.list("rules")
	at := entry(list, u.Rule.Name)
	if at < 0 {
		return fmt.Errorf("the policy files have no rule %s", u.Rule.Name)
	}
	rule := list.Content[at]
	rule.Style = 0
	groups := valueOf(rule, "groups")
	alone := len(groups.Content) == 1
	if !alone {
		groups.Content = slices.DeleteFunc(groups.Content, func(n *yaml.Node) bool { return n.Value == u.Group.Name })
	}
	switch {
	case len(u.Keep) > 0 && alone:
		if err := put(rule, "when", u.narrowed(), "suggested: "+u.sentence()); err != nil {
			return err
		}
	case len(u.Keep) > 0:
		kept, err := u.kept(rule, list)
		if err != nil {
			return err
		}
		list.Content = slices.Insert(list.Content, at+1, kept)
	case alone:
		list.Content = slices.Delete(list.Content, at, at+1)
	}
	if u.Requestable {
		return nil
	}
	g, err := m.group(u.Group.Name)
	if err != nil {
		return err
	}
	if r := valueOf(g, "request"); r != nil && r.Kind == yaml.MappingNode { // two rules gave it
		return nil
	}
	return put(g, "request", u.request(), "suggested: "+u.sentence())
}

// narrowed is the condition of the rule for those who keep the group.
func (u *Unused) narrowed() string {
	when := strings.TrimSpace(u.Rule.When.Source)
	if when == "true" {
		return conjunction(u.Keep)
	}
	return "(" + when + ") && " + conjunction(u.Keep)
}

// kept is the rule for those who keep the group: a copy that gives nothing else.
func (u *Unused) kept(rule, list *yaml.Node) (*yaml.Node, error) {
	out, name := plain(rule), u.Rule.Name+"-"+u.Group.Name
	for entry(list, name) >= 0 {
		name += "-kept"
	}
	out.HeadComment, out.FootComment = "", ""
	for _, change := range []struct {
		key   string
		value any
	}{
		{"name", name}, {"description", u.sentence()}, {"when", u.narrowed()}, {"groups", []string{u.Group.Name}},
	} {
		if err := put(out, change.key, change.value, ""); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// request is how the group shall be asked for.
func (u *Unused) request() requestEntry {
	r := requestEntry{
		Durations: &durationEntry{Default: duration.Format(u.Default), Max: duration.Format(u.Max)},
		Approve:   []stageEntry{{By: rules.ByOwners}},
	}
	if len(u.Group.Owners) == 0 {
		r.Approve[0].By = rules.ByManager
	}
	if u.Group.Risk == "high" || u.Group.Risk == "critical" {
		r.Require = []string{rules.RequireReason}
	}
	return r
}

// sentence is what the draft follows from.
func (u *Unused) sentence() string {
	return fmt.Sprintf("%d of %d members by rule %s do not use %s, %d do, %d are not in the usage file",
		size(u.Idle), size(u.Members), u.Rule.Name, u.Group.Name, size(u.Used), size(u.NotInFile))
}

// YAML is what changes of the policy: the group, and the rule for those who keep it.
func (u *Unused) YAML() string {
	value := map[string]any{}
	if len(u.Keep) > 0 {
		value["rules"] = []ruleEntry{{
			Name: u.Rule.Name + "-" + u.Group.Name, Description: u.sentence(), Owner: u.Rule.Owner, When: u.narrowed(), Groups: []string{u.Group.Name},
		}}
	}
	if !u.Requestable {
		value["groups"] = groupPatch(u.Group.Name, u.request())
	}
	if len(value) == 0 {
		return ""
	}
	return text(value)
}
