package app

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"birthright/internal/requestlog"
	"birthright/internal/tracing"
	"birthright/scim"
)

// probed are the routes that are asked for all the time, and say nothing when they are.
var probed = []string{"/healthz", "/readyz", "/metrics"}

// watched tells of each request that next answers: in the log, to the figures, and in a trace.
func (a *App) watched(next http.Handler) http.Handler {
	return a.traced(requestlog.Handler(requestlog.Options{
		Observe: func(ctx context.Context, r requestlog.Request) {
			a.figures.Answered(r.Method, r.Route, r.Status, r.Took)
			tracing.Current(ctx).Answered(r.Method, r.Route, r.Status)
		},
		Quiet: probed, Log: a.Log, Now: a.Now, NewID: a.NewID,
	}, next))
}

// scimNamed says by which pattern the front door serves a request: it routes by itself.
func scimNamed(door http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requestlog.Name(r.Context(), scimRoute(r.URL.Path))
		door.ServeHTTP(w, r)
	})
}

// scimRoute is the pattern of a path below the front door; ids are left out.
func scimRoute(path string) string {
	kind, below, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(path, scim.Prefix), "/"), "/")
	switch {
	case kind == "":
		return scim.Prefix
	case !slices.Contains([]string{"Users", "Groups", "Bulk", "Me", "Schemas", "ResourceTypes", "ServiceProviderConfig", ".search"}, kind):
		return scim.Prefix + "/"
	case below == "":
		return scim.Prefix + "/" + kind
	case below == ".search":
		return scim.Prefix + "/" + kind + "/.search"
	}
	return scim.Prefix + "/" + kind + "/{id}"
}
