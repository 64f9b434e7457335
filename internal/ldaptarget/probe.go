package ldaptarget

import (
	"context"
	"fmt"

	"birthright/identity"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Probe gathers the findings of a look at a directory that changes nothing.
type Probe struct {
	*Session
	Report targets.Report
}

// Examine connects and binds, then lets look find out the rest.
func (t *Directory) Examine(ctx context.Context, look func(*Probe)) (targets.Report, error) {
	p := &Probe{}
	s, err := t.Begin(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return targets.Report{}, err
		}
		p.Note("connect and bind", "", err)
		return p.Report, nil
	}
	defer s.End()
	p.Session, p.Report.Reachable = s, true
	p.Note("connect and bind", "as "+t.Settings.BindDN, nil)
	look(p)
	return p.Report, ctx.Err()
}

// Note adds a finding; an error's hint becomes the remedy.
func (p *Probe) Note(check, detail string, err error) {
	p.Report.Findings = append(p.Report.Findings, identity.Found(check, detail, err))
}

// Warn adds a finding about what works and will not do.
func (p *Probe) Warn(check, detail, remedy string) {
	p.Report.Findings = append(p.Report.Findings, targets.Finding{Check: check, Detail: detail, Remedy: remedy})
}

// Base looks whether a base is there.
func (p *Probe) Base(key, dn string) bool {
	e, err := p.At(key, dn, "(objectClass=*)", "1.1")
	if err == nil && e == nil {
		p.Warn(key, dn+" is not there, or the bind account may not see it", "make it, or correct "+key)
		return false
	}
	p.Note(key, dn, err)
	return err == nil
}

// Users counts the accounts, returns one of them (nil for none) and tells of entries
// that are none; missing is what those lack.
func (p *Probe) Users(missing string) (*Person, error) {
	var one *Person
	count, usable := 0, 0
	err := p.Each(p.t.users(""), func(e *goldap.Entry) error {
		count++
		if found, ok := p.t.Layout.Person(e); ok {
			usable++
			if one == nil || one.Protected != "" {
				one = found
			}
		}
		return nil
	})
	p.Note("read users", fmt.Sprintf("%d accounts", usable), err)
	if err == nil && usable < count {
		p.Warn("name users", fmt.Sprintf("%d entries have no %s", count-usable, missing),
			"narrow users.filter, or let the bind account read what is missing")
	}
	return one, err
}

// Teams counts the groups and returns one that may be changed; nil for none.
func (p *Probe) Teams() *Team {
	var one *Team
	count := 0
	err := p.eachTeam("", func(g *Team, _ *goldap.Entry) error {
		count++
		if one == nil || one.Protected != "" {
			one = g
		}
		return nil
	})
	p.Note("read groups", fmt.Sprintf("%d groups", count), err)
	return one
}
