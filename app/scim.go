package app

import (
	"errors"
	"net/http"

	"birthright/identity"
	"birthright/scim"
	"birthright/scim/backing"
	"birthright/scim/inspect"
)

// scimHandler is the SCIM front door for the sources that push; clients reach it
// at publicURL, and recorder listens in.
func (a *App) scimHandler(publicURL string, recorder *inspect.Recorder) (http.Handler, error) {
	behind := backing.New(a.Store, a.Intake)
	o := scim.Options{
		Directory: behind, Intake: behind, Tokens: behind,
		PublicURL: publicURL, Inspect: recorder, Log: a.Log, Now: a.Now,
	}
	for _, s := range a.sources {
		if !s.Pushes() {
			continue
		}
		source, faults := scim.NewSource(s.Name, s.Map)
		if len(faults) > 0 {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "open source " + s.Name, Err: errors.Join(faults...)}
		}
		o.Sources = append(o.Sources, source)
	}
	return scim.New(o), nil
}
