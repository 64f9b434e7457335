package entrasim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
)

// known reports whether the request has the credential.
func (s *Sim) known(r *http.Request) bool {
	return s.opt.ClientID == "" || s.memory.Issued != "" && r.Header.Get("Authorization") == "Bearer "+s.memory.Issued
}

// issue gives out a token of an hour.
func (s *Sim) issue(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.Form.Get("grant_type") != "client_credentials" || !strings.HasSuffix(r.Form.Get("scope"), "/.default") ||
		r.Form.Get("client_id") != s.opt.ClientID || r.Form.Get("client_secret") != s.opt.Secret {
		send(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
		return
	}
	s.memory.Issued = "token-" + s.id()
	send(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": s.memory.Issued})
}

// fail answers as Graph refuses.
func fail(w http.ResponseWriter, status int, code, message string) {
	send(w, status, map[string]any{"error": map[string]any{
		"code": code, "message": message,
		"innerError": map[string]any{"date": "2026-01-01T00:00:00", "request-id": "r", "client-request-id": "r"},
	}})
}

func notFound(w http.ResponseWriter, id string) {
	fail(w, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
}

func bad(w http.ResponseWriter, message string) {
	fail(w, http.StatusBadRequest, "Request_BadRequest", message)
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // plain values into memory
}

// list answers with the page of items that is asked for, and links to the next.
func list[E any](s *Sim, w http.ResponseWriter, r *http.Request, items []E) {
	q := r.URL.Query()
	top, err := strconv.Atoi(q.Get("$top"))
	if err != nil || top < 1 || top > s.opt.Page {
		top = min(100, s.opt.Page)
	}
	from, _ := strconv.Atoi(q.Get("$skiptoken"))
	items = items[min(from, len(items)):]
	out := map[string]any{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata"}
	if len(items) > top {
		items = items[:top]
		q.Set("$skiptoken", strconv.Itoa(from+top))
		out["@odata.nextLink"] = "https://" + r.Host + r.URL.Path + "?" + q.Encode()
	}
	out["value"] = append([]E{}, items...)
	send(w, http.StatusOK, out)
}

// delta answers with what changed since a token, and links to what will have.
func (s *Sim) delta(w http.ResponseWriter, r *http.Request, name string) {
	token := r.URL.Query().Get("$deltatoken")
	from := len(s.memory.Log)
	if token != "latest" {
		var err error
		if from, err = strconv.Atoi(token); err != nil || from > len(s.memory.Log) || from < s.memory.Lapsed {
			fail(w, http.StatusGone, "syncStateNotFound", "The sync state generation is not found.")
			return
		}
	}
	value := []any{}
	for _, c := range s.memory.Log[from:] {
		if c.List == name {
			value = append(value, map[string]any{"id": c.ID})
		}
	}
	link := "https://" + r.Host + r.URL.Path + "?" + url.Values{"$deltatoken": {strconv.Itoa(len(s.memory.Log))}}.Encode()
	send(w, http.StatusOK, map[string]any{"value": value, "@odata.deltaLink": link})
}

// batch answers up to twenty requests, in any order: the last one first.
func (s *Sim) batch(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Requests []struct {
			ID, Method, URL string
			Headers         map[string]string
			Body            json.RawMessage
		}
	}
	s.mu.Lock()
	known := s.known(r)
	s.mu.Unlock()
	switch {
	case !known:
		fail(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token is empty or not valid.")
		return
	case json.NewDecoder(r.Body).Decode(&in) != nil, len(in.Requests) == 0, len(in.Requests) > 20:
		fail(w, http.StatusBadRequest, "BadRequest", "Number of batch request steps is not within 1 and 20.")
		return
	}
	handler := s.Inner
	if handler == nil {
		handler = s
	}
	out := []any{}
	for i := len(in.Requests) - 1; i >= 0; i-- {
		one := in.Requests[i]
		req := httptest.NewRequest(one.Method, "https://"+r.Host+Root+one.URL, strings.NewReader(string(one.Body)))
		for name, value := range one.Headers {
			req.Header.Set(name, value)
		}
		req.Header.Set("Authorization", r.Header.Get("Authorization"))
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, req)
		reply := map[string]any{"id": one.ID, "status": answer.Code, "headers": map[string]string{}}
		if after := answer.Header().Get("Retry-After"); after != "" {
			reply["headers"] = map[string]string{"Retry-After": after}
		}
		if answer.Body.Len() > 0 {
			reply["body"] = json.RawMessage(answer.Body.Bytes())
		}
		out = append(out, reply)
	}
	send(w, http.StatusOK, map[string]any{"responses": out})
}

// filtered reads PROPERTY eq 'VALUE'.
func filtered(text string) (property, value string, ok bool) {
	property, rest, ok := strings.Cut(text, " eq '")
	if !ok || !strings.HasSuffix(rest, "'") {
		return "", "", false
	}
	rest = strings.TrimSuffix(rest, "'")
	if strings.Count(rest, "'") != 2*strings.Count(rest, "''") {
		return "", "", false
	}
	return property, strings.ReplaceAll(rest, "''", "'"), true
}
