package demo

import (
	"context"

	"birthright/internal/company"
)

// Stage is what is there when the show is over.
type Stage struct {
	// Address is where the hub listens, ConfigFile what the other commands work with.
	Address, ConfigFile string
	// AdminLink and PersonLink log in to the console once: as an administrator, and as
	// Person, an ordinary employee.
	AdminLink, PersonLink, Person string
}

// stage makes the links of the end.
func (s *story) stage(ctx context.Context) (Stage, error) {
	who := s.pick(func(p company.Person) bool {
		return p.Department == "Engineering" && p.Type == company.Employee && p.Employed(s.began) && !s.moved[p.UserName] && s.inApp("engineering", p.UserName)
	})
	out := Stage{Address: s.server.Addr(), ConfigFile: s.configFile(), Person: who.UserName}
	var err error
	if out.AdminLink, _, err = s.hub.LoginLink(ctx, s.server.PublicURL(), ""); err != nil {
		return out, err
	}
	out.PersonLink, _, err = s.hub.LoginLink(ctx, s.server.PublicURL(), who.UserName)
	return out, err
}
