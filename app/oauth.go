package app

import (
	"net/http"

	"birthright/oauth"
	"birthright/oauth/backing"
)

// oauthHandler is the token endpoint for the clients of sources that push;
// clients reach it at publicURL.
func (a *App) oauthHandler(publicURL string) (http.Handler, error) {
	o := oauth.Options{
		Clients: backing.New(a.Store), PublicURL: publicURL, Lifetime: a.Config.Auth.Tokens.Lifetime, Log: a.Log, Now: a.Now,
	}
	for _, s := range a.sources {
		if s.Pushes() {
			o.Sources = append(o.Sources, s.Name)
		}
	}
	return oauth.New(o)
}
