package paper

import (
	"cmp"
	"fmt"
	"strings"

	"birthright/reviews/creep"
	"birthright/reviews/document"
)

// Orphans is the report of accounts that belong to nobody.
func Orphans(r *creep.Report) *document.Document {
	d := about("Orphaned accounts", "Accounts on targets that belong to no user of the hub and hold something there. "+
		"A service account is one, too, until a source tells of it.", r)
	d.Facts = []document.Fact{{Name: "Accounts that belong to nobody", Value: document.Count(len(r.Orphans))}}
	d.Sections = []document.Section{{Title: "Accounts", Tables: []document.Table{orphans(r), orphansHold(r)}}}
	return d
}

func orphans(r *creep.Report) document.Table {
	return document.Table{Name: "orphans", Caption: "Accounts, the highest score first", Columns: []document.Column{
		{Name: "target", Title: "Target", Kind: document.KindText}, {Name: "account", Title: "Account", Kind: document.KindText},
		{Name: "holds", Title: "Entitlements", Kind: document.KindNumber}, {Name: "score", Title: "Score", Kind: document.KindNumber},
	}, Rows: rows(r.Orphans, func(o *creep.Orphan) []document.Cell {
		return []document.Cell{document.Text(o.Target), document.Text(o.Account), document.Count(len(o.Holds)), document.Count(o.Score)}
	})}
}

func orphansHold(r *creep.Report) document.Table {
	return document.Table{Name: "holds", Caption: "What they hold", Columns: entryColumns, Rows: func(yield func([]document.Cell) bool) {
		for i := range r.Orphans {
			for k := range r.Orphans[i].Holds {
				if !yield(entryCells(&r.Orphans[i].Holds[k])) {
					return
				}
			}
		}
	}}
}

// Dormant is the report of accounts that nobody used for long.
func Dormant(r *creep.Report, after string) *document.Document {
	d := about("Dormant accounts", "Accounts on targets that hold something and that nobody used for "+after+". Where a target does not tell, that is said and nothing is claimed.", r)
	known := 0
	for i := range r.Dormant {
		x := &r.Dormant[i]
		known += len(x.Accounts)
		if !x.Known && x.Unknown > 0 {
			d.Warnings = append(d.Warnings, fmt.Sprintf("%s does not tell when accounts were used: of %d nobody knows.", x.Target, x.Unknown))
		}
	}
	d.Facts = []document.Fact{{Name: "Dormant accounts", Value: document.Count(known)}}
	d.Sections = []document.Section{{Title: "Accounts", Tables: []document.Table{{
		Name: "dormant", Caption: "Accounts, the longest unused first", Columns: []document.Column{
			{Name: "target", Title: "Target", Kind: document.KindText}, {Name: "user", Title: "User", Kind: document.KindText}, {Name: "account", Title: "Account", Kind: document.KindText},
			{Name: "last_used", Title: "Last used", Kind: document.KindDate}, {Name: "days", Title: "Days", Kind: document.KindNumber},
		}, Rows: func(yield func([]document.Cell) bool) {
			for i := range r.Dormant {
				for _, a := range r.Dormant[i].Accounts {
					if !yield(idleCells(r.Dormant[i].Target, a)) {
						return
					}
				}
			}
		},
	}}}}
	return d
}

func idleCells(target string, a creep.IdleAccount) []document.Cell {
	last, days := document.Date(a.LastUsed), document.Count(a.Days)
	if a.LastUsed.IsZero() {
		last, days = document.Text("never"), document.Cell{}
	}
	return []document.Cell{document.Text(target), document.Text(a.User), document.Text(a.Account), last, days}
}

// SoD is the report of who holds together what is to be kept apart.
func SoD(r *creep.Report) *document.Document {
	d := about("Separation of duties", "Who holds together what constraints of the policy keep apart, as a member of groups or by what targets show, whoever gave it.", r)
	d.Facts = []document.Fact{{Name: "Conflicts", Value: document.Count(len(r.SoD))}}
	d.Sections = []document.Section{{Title: "Conflicts", Tables: []document.Table{{
		Name: "sod", Caption: "Who holds what together", Columns: []document.Column{
			{Name: "constraint", Title: "Constraint", Kind: document.KindText}, {Name: "mode", Title: "Mode", Kind: document.KindText}, {Name: "user", Title: "User", Kind: document.KindText},
			{Name: "groups", Title: "Groups", Kind: document.KindText}, {Name: "how", Title: "How", Kind: document.KindText}, {Name: "since", Title: "Since", Kind: document.KindDate},
		}, Rows: rows(r.SoD, func(x *creep.SoD) []document.Cell {
			return []document.Cell{
				document.Text(x.Constraint), document.Text(x.Mode), document.Text(cmp.Or(x.User, x.Account)), document.Text(SidesText(x)), document.Text(HowText(x)), document.Date(x.Since),
			}
		}),
	}}}}
	return d
}

// SidesText are the groups that are held together.
func SidesText(x *creep.SoD) string {
	var groups []string
	for _, s := range x.Sides {
		groups = append(groups, s.Group)
	}
	return strings.Join(groups, " + ")
}

// HowText says how each of them is held.
func HowText(x *creep.SoD) string {
	var parts []string
	for _, s := range x.Sides {
		how := "member of " + s.Group
		if !s.Member {
			how = strings.Join(s.Observed, ", ") + " speaks for " + s.Group
		}
		parts = append(parts, how)
	}
	return strings.Join(parts, "; ")
}
