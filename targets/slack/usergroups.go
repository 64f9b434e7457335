package slack

import (
	"context"
	"encoding/json"
	"net/url"
)

type usergroup struct {
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	Handle        string          `json:"handle"`
	DateDelete    int64           `json:"date_delete"`
	AutoProvision bool            `json:"auto_provision"`
	AutoType      json.RawMessage `json:"auto_type"`
	IsExternal    bool            `json:"is_external"`
	EnterpriseID  string          `json:"enterprise_subteam_id"`
	Users         []string        `json:"users"`
}

// disabled reports whether nobody is in the group, whatever its list says.
func (g usergroup) disabled() bool { return g.DateDelete != 0 }

// members are those who are in the group.
func (g usergroup) members() []string {
	if g.disabled() {
		return nil
	}
	return g.Users
}

// readOnly reports whether somebody else decides who is in: another workspace, the
// organisation or its identity provider, or Slack itself.
func (g usergroup) readOnly() bool {
	auto := string(g.AutoType)
	return g.IsExternal || g.AutoProvision || g.EnterpriseID != "" || auto != "" && auto != "null" && auto != `""`
}

// listGroups reads all user groups with their members: one request.
func (t *Target) listGroups(ctx context.Context) ([]usergroup, error) {
	var out struct {
		Usergroups []usergroup `json:"usergroups"`
	}
	_, err := t.get(ctx, "usergroups.list", url.Values{"include_users": {"true"}, "include_disabled": {"true"}}, &out)
	return out.Usergroups, err
}

// groupCalled finds a user group by its handle; errNoEntitlement where there is none.
func (t *Target) groupCalled(ctx context.Context, handle string) (usergroup, error) {
	all, err := t.listGroups(ctx)
	if err != nil {
		return usergroup{}, err
	}
	for _, g := range all {
		if g.Handle == handle {
			return g, nil
		}
	}
	return usergroup{}, errNoEntitlement
}
