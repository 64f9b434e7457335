package scimsim

import (
	"encoding/json"
	"time"
)

// Memory is all that the application holds, for encoding/json.
func (a *App) Memory() any { return &memory{a} }

// memory writes and reads the tables.
type memory struct{ app *App }

// kept is what is written.
type kept struct {
	LastID int         `json:"lastId"`
	Users  []keptUser  `json:"users"`
	Groups []keptGroup `json:"groups"`
}

type keptUser struct {
	ID                string
	Attributes        object
	Created, Modified time.Time
	Version           int
}

type keptGroup struct {
	ID, DisplayName, ExternalID string
	Created, Modified           time.Time
	Version                     int
	Members                     map[string]int
}

// MarshalJSON writes the tables.
func (m *memory) MarshalJSON() ([]byte, error) {
	m.app.mu.RLock()
	defer m.app.mu.RUnlock()
	t := &m.app.tables
	out := kept{LastID: t.lastID}
	for _, id := range t.userOrder {
		u := t.users[id]
		out.Users = append(out.Users, keptUser{u.id, u.attrs, u.created, u.modified, u.version})
	}
	for _, id := range t.order {
		g := t.groups[id]
		out.Groups = append(out.Groups, keptGroup{g.id, g.displayName, g.externalId, g.created, g.modified, g.version, g.members})
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads them again.
func (m *memory) UnmarshalJSON(data []byte) error {
	var in kept
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	m.app.mu.Lock()
	defer m.app.mu.Unlock()
	t := newTables()
	t.lastID = in.LastID
	for _, k := range in.Users {
		u := &user{id: k.ID, attrs: k.Attributes, created: k.Created, modified: k.Modified, version: k.Version, groups: map[*group]struct{}{}}
		m.app.render(u)
		t.addUser(u)
	}
	for _, k := range in.Groups {
		t.addGroup(&group{id: k.ID, displayName: k.DisplayName, externalId: k.ExternalID, created: k.Created, modified: k.Modified,
			version: k.Version, members: map[string]int{}, groups: map[*group]struct{}{}})
	}
	for _, k := range in.Groups {
		for id, n := range k.Members {
			t.link(t.groups[k.ID], id)
			t.groups[k.ID].members[id] = n
		}
	}
	m.app.tables = t
	return nil
}
