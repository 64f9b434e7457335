package awssim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// scim answers the one change that is made through SCIM, and who asks what it can.
func (s *System) scim(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Type", "application/scim+json")
	if s.opt.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.opt.Token {
		scimFault(w, http.StatusUnauthorized, "not authorised")
		return
	}
	_, id, found := strings.Cut(r.URL.Path, "/Users/")
	switch {
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/ServiceProviderConfig"):
		_, _ = w.Write([]byte(`{"patch":{"supported":true},"filter":{"supported":true,"maxResults":50}}`))
	case r.Method == http.MethodPatch && found:
		s.scimPatch(w, id, body)
	default:
		scimFault(w, http.StatusNotFound, "no such endpoint")
	}
}

func (s *System) scimPatch(w http.ResponseWriter, id string, body []byte) {
	var in struct {
		Operations []struct {
			Op, Path string
			Value    *bool
		}
	}
	u, f := s.user(id)
	switch {
	case f != nil:
		scimFault(w, http.StatusNotFound, "User not found")
	case json.Unmarshal(body, &in) != nil || len(in.Operations) != 1 || in.Operations[0].Op != "replace" ||
		in.Operations[0].Path != "active" || in.Operations[0].Value == nil:
		scimFault(w, http.StatusBadRequest, "Request is unparsable, syntactically incorrect, or violates schema")
	default:
		u.Disabled = !*in.Operations[0].Value
		out := output{"id": u.ID, "userName": u.name(), "active": !u.Disabled, "schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}}
		_ = json.NewEncoder(w).Encode(out)
	}
}

func scimFault(w http.ResponseWriter, status int, detail string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(output{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "detail": detail, "status": status})
}
