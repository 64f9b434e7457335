package app

import (
	"slices"

	"birthright/config"
	"birthright/directory"
	"birthright/rules/analysis"
)

// Editable gathers what people can change about themselves. What a source lets
// them change counts where the source is believed about it.
func Editable(cfg *config.Config) analysis.Editable {
	e := analysis.Editable{Attributes: map[string][]string{}}
	authority := authorityOf(cfg)
	for _, s := range cfg.Sources {
		for _, what := range s.SelfEditable {
			switch {
			case what == config.SelfGroups:
				e.Groups = append(e.Groups, s.Name)
			case what == config.SelfTickets:
				e.Tickets = append(e.Tickets, s.Name)
			case what == config.SelfShifts:
				e.Shifts = append(e.Shifts, s.Name)
			case authority.Believes(what, s.Name):
				e.Attributes[what] = append(e.Attributes[what], s.Name)
			}
		}
	}
	return e
}

// authorityOf says which source is believed for which attribute.
func authorityOf(cfg *config.Config) directory.Authority {
	var names []string
	for _, s := range cfg.Sources {
		names = append(names, s.Name)
	}
	var believed []directory.AuthorityRule
	for _, rule := range cfg.Authority {
		believed = append(believed, directory.AuthorityRule{Attributes: rule.Attributes, Sources: slices.Clone(rule.Sources)})
	}
	return directory.NewAuthority(names, believed)
}
