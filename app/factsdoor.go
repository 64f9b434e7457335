package app

import (
	"birthright/intake/door"
	"birthright/scim/backing"
	"birthright/sources"
)

// factsDoor takes what context sources are told by others.
func (a *App) factsDoor() *door.Door {
	o := door.Options{Takers: map[string]sources.Taker{}, Tokens: backing.New(a.Store, a.Intake), Import: a.Intake.ImportFacts, Now: a.Now, Log: a.Log}
	for _, s := range a.sources {
		if taker, sent := s.Taker(); sent {
			o.Takers[s.Name] = taker
		}
	}
	return door.New(o)
}
