package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"birthright/tokens"
	"birthright/tokens/holder"
)

// callerKey is where the guard puts who acts: the routes know a request by its context
// alone.
type callerKey struct{}

func caller(ctx context.Context) holder.Holder {
	who, _ := ctx.Value(callerKey{}).(holder.Holder)
	return who
}

// guard lets those through who show a token of the API. A fault of ours below it ends in
// an answer.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.recovered(w)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if public(r) {
			s.mux.ServeHTTP(w, r)
			return
		}
		who, err := s.check.Bearer(r.Context(), r.Header.Values("Authorization"))
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		most := int64(maxBody)
		if isTrial(r) {
			most = maxPolicies
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
	})
}

// public reports whether a request asks for the description of the API, which is no
// secret.
func public(r *http.Request) bool {
	return r.Method == http.MethodGet && (strings.HasPrefix(r.URL.Path, Prefix+"/openapi") || r.URL.Path == Prefix+PagePath)
}

// recovered answers after a panic below it.
func (s *server) recovered(w http.ResponseWriter) {
	switch fault := recover(); fault {
	case nil:
	case http.ErrAbortHandler:
		panic(fault) // the server ends the connection: half a list must not look whole
	default:
		s.fault(fault).write(w)
	}
}

// refuse answers somebody whose token opens nothing here.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *holder.Refusal
	if !errors.As(err, &refusal) {
		s.Log.Error("api: a token could not be looked up", "error", err)
		plain(http.StatusServiceUnavailable, "The hub cannot answer at present; try again later.").write(w)
		return
	}
	s.Log.Warn("api: token refused", "token", refusal.Token, "reason", refusal.Why, "method", r.Method, "path", r.URL.Path, "remote", r.RemoteAddr)
	challenge, status := `Bearer realm="api"`, http.StatusUnauthorized
	p := plain(status, "The bearer token is missing, unknown, expired or revoked.")
	switch {
	case errors.Is(err, holder.ErrScope):
		challenge += `, error="insufficient_scope"`
		p = plain(http.StatusForbidden, "This token is not for the API.")
	case !errors.Is(err, tokens.ErrMissing):
		challenge += `, error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	p.write(w)
}

// nowhere answers whoever asks for what is not there, or in a way that is not.
func (s *server) nowhere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 || slices.Contains(allowed, r.Method) {
		plain(http.StatusNotFound, "There is nothing at this address.").write(w)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	plain(http.StatusMethodNotAllowed, "This address does not take "+r.Method+".").write(w)
}
