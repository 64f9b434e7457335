package app

import (
	"crypto/rand"
	"net/http"

	"birthright/api"
	"birthright/api/backing"
	"birthright/console"
)

// mountAPI mounts the API and the pages behind the links that people get; they reach the
// hub at publicURL.
func (a *App) mountAPI(mux *http.ServeMux, publicURL string, provider console.Provider) {
	behind := backing.New(a.Store)
	door := api.New(api.Options{
		Hub: a.Hub, Desk: a.Desk, Reviews: a.Reviews, Tokens: behind, Answers: behind, Version: "1", Now: a.Now, NewID: a.NewID, Log: a.Log,
	})
	mux.Handle(api.Prefix+"/", door)
	console.New(console.Options{
		Hub: a.Hub, Desk: a.Desk, Reviews: a.Reviews, SignIn: a.SignIn, Provider: provider, PublicURL: publicURL, Rand: rand.Reader, Now: a.Now, NewID: a.NewID, Log: a.Log,
	}).Mount(mux)
}
