package requestlog

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"birthright/internal/tracing"
)

// Header is where clients find the id of a request, and may give one of their own.
const Header = "X-Request-Id"

// Request is one request that was answered.
type Request struct {
	ID string
	// Method is one of HTTP's own, or "other"; Route the pattern without the method.
	Method, Route string
	Status        int
	Bytes         int64
	Took          time.Duration
}

// Options are what a Handler needs.
type Options struct {
	// Observe, if set, hears of every request.
	Observe func(context.Context, Request)
	// Quiet are routes of which only the level debug tells: what probes ask for all the time.
	Quiet []string
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() string
}

// routeKey is where the name of a route is put by whoever finds it.
type routeKey struct{}

// Name says which pattern a request was routed by, below the mux of the server.
func Name(ctx context.Context, pattern string) {
	if route, ok := ctx.Value(routeKey{}).(*string); ok {
		*route = pattern
	}
}

// Handler tells of the requests that next answers.
func Handler(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, named, ended := o.Now(), "", false
		id := idOf(r, o.NewID)
		w.Header().Set(Header, id)
		seen := &writer{ResponseWriter: w}
		inner := r.WithContext(context.WithValue(r.Context(), routeKey{}, &named))
		defer func() {
			if !ended && seen.status == 0 { // it ends the connection
				seen.status = http.StatusInternalServerError
			}
			o.tell(r.Context(), Request{
				ID: id, Method: method(r.Method), Route: route(named, inner.Pattern), Status: seen.answered(), Bytes: seen.bytes, Took: o.Now().Sub(began),
			})
		}()
		next.ServeHTTP(seen, inner)
		ended = true
	})
}

func (o Options) tell(ctx context.Context, r Request) {
	if o.Observe != nil {
		o.Observe(ctx, r)
	}
	level := slog.LevelInfo
	for _, quiet := range o.Quiet {
		if r.Route == quiet {
			level = slog.LevelDebug
		}
	}
	told := []slog.Attr{
		slog.String("method", r.Method), slog.String("route", r.Route), slog.Int("status", r.Status),
		slog.Duration("took", r.Took), slog.Int64("bytes", r.Bytes), slog.String("request", r.ID),
	}
	if trace := tracing.ID(ctx); trace != "" {
		told = append(told, slog.String("trace", trace))
	}
	o.Log.LogAttrs(ctx, level, "request", told...)
}

// idOf is the id that the client gave, as long as it is one, or a new one.
func idOf(r *http.Request, newID func() string) string {
	given := r.Header.Get(Header)
	if given == "" || len(given) > 64 || strings.Trim(given, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != "" {
		return newID()
	}
	return given
}

// route is a pattern without its method; what was found below the mux comes first.
func route(named, pattern string) string {
	if named != "" {
		pattern = named
	}
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = path
	}
	if pattern == "" {
		return "none"
	}
	return pattern
}

// method is a method of HTTP; clients may send any word.
func method(sent string) string {
	switch sent {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return sent
	}
	return "other"
}
