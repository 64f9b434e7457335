package campaign

import (
	"slices"
	"strings"

	"birthright/reviews"
	"birthright/rules"
)

// asking is who is asked about what some people own: one panel for all of it, or one for
// each manager.
type asking struct {
	owners []string
	each   bool // a manager is among those who are asked
	byBoss map[int64]int64
}

func (g *Generator) about(owners []string) *asking {
	a := &asking{owners: owners, byBoss: map[int64]int64{}}
	terms := slices.Concat(g.in.Campaign.Stages[0].Reviewers, g.in.Campaign.Fallback)
	a.each = slices.Contains(terms, rules.ByManager) || slices.Contains(terms, rules.ByOwners) && slices.Contains(owners, rules.ByManager)
	return a
}

// add gives an item its panel. Somebody who would be asked alone about themselves is
// passed over: the next rung is asked.
func (g *Generator) add(item reviews.Item, a *asking) {
	item.PanelN = g.panelFor(item.UserN, a)
	if asked := g.draft.Asked[item.PanelN-1]; len(asked) == 1 && asked[0] == item.UserN {
		g.draft.Own++
		item.PanelN = g.heir(item.PanelN, item.UserN)
	}
	if g.last(item.PanelN) {
		g.draft.Nobody++
	}
	g.draft.Items = append(g.draft.Items, item)
}

func (g *Generator) panelFor(userN int64, a *asking) int64 {
	boss := int64(0)
	if a.each {
		boss = g.in.People.Manager(userN)
	}
	if n, known := a.byBoss[boss]; known {
		return n
	}
	n := g.panel(Chain(g.in.Campaign, 0, About{UserN: userN, Manager: boss, Owners: a.owners}, g.in.Admins, g.crowd))
	a.byBoss[boss] = n
	return n
}

// panel returns the number of a panel, from 1.
func (g *Generator) panel(rungs [][]string) int64 {
	key := keyOf(rungs)
	if n, known := g.panels[key]; known {
		return n
	}
	asked, rung := Asked(rungs, 0, g.crowd)
	g.draft.Panels, g.draft.Asked, g.rungOf = append(g.draft.Panels, rungs), append(g.draft.Asked, asked), append(g.rungOf, rung)
	n := int64(len(g.draft.Panels))
	g.panels[key] = n
	return n
}

func keyOf(rungs [][]string) string {
	var b strings.Builder
	for _, rung := range rungs {
		b.WriteString(strings.Join(rung, "\x01"))
		b.WriteByte(0)
	}
	return b.String()
}

// heir is who is asked about the only one who is asked by a panel.
func (g *Generator) heir(panel, userN int64) int64 {
	if n, known := g.heirs[panel]; known {
		return n
	}
	n := g.panel(Without(g.draft.Panels[panel-1], userN))
	g.heirs[panel] = n
	return n
}

// last reports whether a panel fell to the campaign's owner, the administrators or
// nobody, since none of those who were to be asked can decide.
func (g *Generator) last(panel int64) bool {
	rung := g.rungOf[panel-1]
	if rung < 0 {
		return true
	}
	terms := g.draft.Panels[panel-1][rung]
	owner := About{}.terms([]string{g.in.Campaign.Owner}, g.crowd)
	admins := About{}.terms(g.in.Admins, g.crowd)
	return slices.Equal(terms, owner) || slices.Equal(terms, admins)
}
