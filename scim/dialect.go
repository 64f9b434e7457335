package scim

import (
	"strings"
)

// The profiles of a source: who pushes, and so how its requests are read.
const (
	ProfileAuto = "auto" // whoever it is; recognised where it matters
	ProfileRFC  = "rfc"  // held to the RFCs
)

// vendors are who can be recognised by what a client calls itself, in the order
// in which they are looked for.
var vendors = []struct{ name, mark string }{
	{"okta", "okta"}, {"entra", "microsoft"}, {"entra", "azure"}, {"entra", "entra"}, {"onelogin", "onelogin"}, {"jumpcloud", "jumpcloud"},
	{"ping", "ping"}, {"google", "google"}, {"authentik", "authentik"}, {"rippling", "rippling"}, {"sailpoint", "sailpoint"},
}

// strictTargets are dialects that mean what the RFC says where a replacement
// finds nothing. Entra makes the value, and whoever is not recognised may be Entra.
var strictTargets = map[string]bool{"okta": true, "jumpcloud": true, "google": true}

// recognise finds out in which dialect a request is written, and how to read it.
func (h *handler) recognise(c *call) {
	c.dialect = c.source.profile
	c.reading.Strict = c.dialect == ProfileRFC
	if c.dialect != ProfileAuto {
		c.reading.NoTarget = strictTargets[c.dialect]
		return
	}
	if c.dialect = vendorOf(c); c.dialect != "" {
		h.seen.Store(c.source.name, c.dialect)
	} else if before, ok := h.seen.Load(c.source.name); ok {
		c.dialect, _ = before.(string)
	}
	c.reading.NoTarget = strictTargets[c.dialect]
}

// vendorOf reads a client's name, or the switch that Entra's administrators put
// behind the address; "" for nobody known.
func vendorOf(c *call) string {
	if c.query.Has("aadOptscim062020") || c.query.Has("AzureAdScimPatch2017") {
		return "entra"
	}
	agent := strings.ToLower(c.UserAgent())
	for _, v := range vendors {
		if strings.Contains(agent, v.mark) {
			return v.name
		}
	}
	return ""
}

// overheard notes what the body of a request gives away: only Entra writes its
// operations in capitals.
func (h *handler) overheard(c *call) {
	if c.dialect == "" && c.reading.Capitals && c.source.profile == ProfileAuto {
		c.dialect = "entra"
		h.seen.Store(c.source.name, c.dialect)
	}
}

// tell notes how the request was read, for those who look at it later.
func (c *call) tell() {
	for _, note := range c.reading.Notes() {
		c.talk.Notes.Add("%s", note)
	}
	if c.dialect != "" {
		c.talk.Notes.SetDialect(c.dialect)
	}
}
