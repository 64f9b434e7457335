package oktasim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// window counts the requests of a class within a minute.
type window struct {
	ends time.Time
	used int
}

// within counts the request and tells in headers what is left.
func (s *Sim) within(w http.ResponseWriter, class string) bool {
	limit, ok := s.opt.Budgets[class]
	if !ok {
		return true
	}
	now := s.opt.Now()
	win := s.windows[class]
	if win == nil || !now.Before(win.ends) {
		win = &window{ends: now.Add(time.Minute)}
		s.windows[class] = win
	}
	win.used++
	h := w.Header()
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, limit-win.used)))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(win.ends.Unix(), 10))
	if win.used > limit {
		s.refused++
	}
	return win.used <= limit
}

// known reports whether the request has the credential.
func (s *Sim) known(r *http.Request) bool {
	got := r.Header.Get("Authorization")
	switch {
	case s.opt.ClientID != "":
		return s.memory.Issued != "" && got == "Bearer "+s.memory.Issued
	case s.opt.Token != "":
		return got == "SSWS "+s.opt.Token
	}
	return true
}

func (s *Sim) denied(method, class string) bool {
	return slices.Contains(s.opt.Denied, method+" "+class)
}

// issue gives out a token of an hour for an assertion. Whether its signature is good
// is for the tests of who signs.
func (s *Sim) issue(w http.ResponseWriter, r *http.Request) {
	const kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || s.opt.ClientID == "" || r.Form.Get("grant_type") != "client_credentials" ||
		r.Form.Get("client_assertion_type") != kind || r.Form.Get("client_assertion") == "" || r.Form.Get("client_id") != s.opt.ClientID {
		send(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client", "error_description": "The client_assertion is not valid."})
		return
	}
	s.memory.Issued = s.id("tok")
	send(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3600, "access_token": s.memory.Issued, "scope": r.Form.Get("scope")})
}

// cause is one particular of a refusal.
type cause struct {
	ErrorSummary string `json:"errorSummary"`
}

// fail answers as Okta refuses.
func fail(w http.ResponseWriter, status int, code, summary string, causes ...string) {
	list := make([]cause, len(causes))
	for i, c := range causes {
		list[i].ErrorSummary = c
	}
	send(w, status, map[string]any{"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae" + code, "errorCauses": list})
}

func notFound(w http.ResponseWriter, id, kind string) {
	fail(w, http.StatusNotFound, "E0000007", "Not found: Resource not found: "+id+" ("+kind+")")
}

func invalid(w http.ResponseWriter, field, why string) {
	fail(w, http.StatusBadRequest, "E0000001", "Api validation failed: "+field, field+": "+why)
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // plain values into memory
}
