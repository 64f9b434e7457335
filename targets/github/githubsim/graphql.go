package githubsim

import (
	"net/http"
	"strconv"
	"strings"
)

// graphQL answers the one question that is asked: what members are called at the
// identity provider.
func (s *System) graphQL(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Query     string
		Variables struct {
			Org, Login, After string
			First             int
		}
	}
	if !body(w, r, &in) {
		return
	}
	switch {
	case !strings.Contains(in.Query, "externalIdentities(") || in.Variables.First < 1 || in.Variables.First > 100:
		reply(w, http.StatusOK, object{"errors": []object{{"message": "not a question that is answered here"}}})
	case s.opt.Plain:
		reply(w, http.StatusOK, object{"data": object{"organization": nil}, "errors": []object{{"type": "FORBIDDEN",
			"message": "Resource not accessible by personal access token"}}})
	case !s.opt.SAML || in.Variables.Org != s.opt.Org:
		reply(w, http.StatusOK, object{"data": object{"organization": object{"samlIdentityProvider": nil}}})
	default:
		reply(w, http.StatusOK, object{"data": object{"organization": object{"samlIdentityProvider": object{
			"externalIdentities": s.identities(in.Variables.Login, in.Variables.After, in.Variables.First)}}}})
	}
}

// identities is one page of them; a cursor is the number of the last.
func (s *System) identities(login, after string, first int) object {
	last, _ := strconv.ParseInt(after, 10, 64)
	nodes, end, more := []object{}, "", false
	for _, id := range sorted(s.mem.Members) {
		u := s.mem.Users[id]
		if id <= last || u.Email == "" || login != "" && !strings.EqualFold(u.Login, login) {
			continue
		}
		if len(nodes) == first {
			more = true
			break
		}
		nodes = append(nodes, object{"samlIdentity": object{"nameId": u.Email}, "user": object{"databaseId": id}})
		end = strconv.FormatInt(id, 10)
	}
	return object{"pageInfo": object{"hasNextPage": more, "endCursor": end}, "nodes": nodes}
}
