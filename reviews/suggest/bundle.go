package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
)

// bundle is access that (nearly) the same people hold.
type bundle struct {
	access  []identity.Entitlement
	holders *roaring.Bitmap // of all of it
	lead    *roaring.Bitmap // of the first of it: others are held against this
}

// bundles puts entitlements together whose holders are alike. Those of the most
// holders come first, so only bundles of nearly the same size are compared, and of
// these only those with a mark in common: see marksOf. What much risk hangs on, or
// what groups carry, is never mixed with the rest.
func (m *miner) bundles(all []Holding) []bundle {
	slices.SortStableFunc(all, func(a, b Holding) int { return cmp.Compare(size(b.Holders), size(a.Holders)) })
	var out []bundle
	first, marked := 0, map[mark][]int{}
	for _, h := range all {
		n := size(h.Holders)
		if n == 0 || n < m.Holders {
			continue
		}
		for first < len(out) && float64(n) < m.Alike*float64(size(out[first].lead)) {
			first++
		}
		marks := marksOf(h.Holders)
		at := m.likeIt(out, first, h, marks, marked)
		if at < 0 {
			for _, k := range marks {
				marked[k] = append(marked[k], len(out))
			}
			out = append(out, bundle{[]identity.Entitlement{h.Entitlement}, h.Holders.Clone(), h.Holders})
			continue
		}
		b := &out[at]
		b.access = append(b.access, h.Entitlement)
		b.holders.And(h.Holders)
	}
	for i := range out {
		slices.SortFunc(out[i].access, identity.CompareEntitlements)
	}
	return out
}

func (m *miner) alike(b bundle, h Holding) bool {
	if !slices.Equal(m.carrying[b.access[0]], m.carrying[h.Entitlement]) {
		return false
	}
	common := int(b.lead.AndCardinality(h.Holders))
	return share(common, size(b.lead)+size(h.Holders)-common) >= m.Alike
}

// bundle drafts the rule for one bundle, or says why there is none.
func (m *miner) bundle(b bundle) (d Held, reason string) {
	carriers := m.carrying[b.access[0]]
	for _, name := range carriers {
		g, _ := m.Engine.Group(name)
		if kind, why := kindFor(g); kind != AsRule {
			return d, "group " + name + " carries it: " + why
		}
	}
	if size(b.holders) < m.Holders {
		return d, "too few hold all of it"
	}
	d = Held{Access: b.access}
	d.Group, d.New = m.groupFor(b.access, carriers)
	p := m.pool(d.Group.Name, AsRule)
	if p.reason != "" {
		return d, p.reason
	}
	for _, name := range carriers {
		p.could.AndNot(m.given.Users(name))
	}
	holders := roaring.And(b.holders, p.could)
	if d.Holders = size(holders); d.Holders < m.Holders {
		return d, "constraints, exclusions or properties keep it from those who hold it"
	}
	found, ok := m.search(holders, p)
	if !ok {
		return d, "those who hold it have too little in common"
	}
	m.taken[d.Group.Name] = true
	d.Name, d.Terms, d.Condition, d.Except = m.heldRuleName(d.Group.Name), found.terms, conjunction(found.terms), either(p.except)
	d.Holding, d.Others = roaring.And(found.users, holders), roaring.AndNot(found.users, holders)
	return d, ""
}

// heldRuleName is a name that no rule has, nor one that is drafted from requests.
func (m *miner) heldRuleName(group string) string {
	return m.ruleName("held-" + strings.TrimPrefix(group, "held-"))
}

// groupFor is the group that a rule is to give: the first that carries this and
// nothing else, alone and around it, or a new one.
func (m *miner) groupFor(access []identity.Entitlement, carriers []string) (identity.Group, bool) {
	for _, name := range carriers {
		g, _ := m.Engine.Group(name)
		sound := !m.taken[name] && len(m.Engine.Around(name)) == 0 && slices.Contains(m.Engine.GroupNames(), name)
		if sound && !slices.ContainsFunc(g.Access, func(e identity.Entitlement) bool { return !slices.Contains(access, e) }) {
			return g, false
		}
	}
	base := "held-" + slug(access[0].Target+"-"+access[0].ID)
	name := base
	for i := 2; m.known(name); i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	return identity.Group{Name: name, Access: access}, true
}

func (m *miner) known(name string) bool {
	return m.taken[name] || slices.Contains(m.Engine.GroupNames(), name)
}

// slug is a text as names of groups are written.
func slug(text string) string {
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(parts, "-")
}

// sentence is the evidence in one.
func (h *Held) sentence() string {
	return fmt.Sprintf("%d of the %d people whom this is about hold it already, %d of all %d who do without a rule",
		size(h.Holding), size(h.Holding)+size(h.Others), size(h.Holding), h.Holders)
}

// groupEntry is a group as a policy file writes it.
type groupEntry struct {
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Access      []string `yaml:"access"`
}

func (h *Held) group() groupEntry {
	g := groupEntry{Name: h.Group.Name, Description: "suggested: what the same people hold on targets"}
	for _, e := range h.Access {
		g.Access = append(g.Access, e.String())
	}
	return g
}

func (h *Held) rule() ruleEntry {
	return ruleEntry{Name: h.Name, Description: h.sentence(), Owner: ownerOf(h.Group.Owners), When: h.Condition, Except: h.Except, Groups: []string{h.Group.Name}}
}

// YAML is the draft by itself, as it would stand in a policy file.
func (h *Held) YAML() string {
	value := map[string]any{"rules": []ruleEntry{h.rule()}}
	if h.New {
		value["groups"] = []groupEntry{h.group()}
	}
	return text(value)
}

// held puts a draft into the policy.
func (m *document) held(h *Held) error {
	if h.New {
		if err := m.append("groups", h.group()); err != nil {
			return err
		}
	}
	return m.append("rules", h.rule())
}
