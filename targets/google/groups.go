package google

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"birthright/internal/httpkit"
)

type group struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Name  string `json:"name"`
}

type member struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

const listPage = "200"

// listGroups hands out the groups of the tenant, or those that key is a direct member
// of where it is not "".
func (t *Target) listGroups(ctx context.Context, key string, take func(group)) error {
	q := url.Values{"maxResults": {listPage}}
	if key != "" {
		q.Set("userKey", key)
	} else {
		q = t.tenant(q)
	}
	return t.directoryPages(ctx, "/groups", q, func(resp *httpkit.Response) error {
		var page struct {
			Groups []group `json:"groups"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		for _, g := range page.Groups {
			if g.ID == "" || g.Email == "" {
				return strange("groups", "a group without id or email")
			}
			t.know(g)
			take(g)
		}
		return nil
	})
}

// know remembers a group's id.
func (t *Target) know(g group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.groupIDs[fold(g.Email)] = g.ID
}

// forget drops what is known of a group, by its address.
func (t *Target) forget(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.groupIDs, fold(email))
}

// groupID finds a group by its address: from what is known, or by asking. An alias is
// not a group's address here, for a read would show another.
func (t *Target) groupID(ctx context.Context, email string) (string, error) {
	t.mu.Lock()
	id := t.groupIDs[fold(email)]
	t.mu.Unlock()
	if id != "" {
		return id, nil
	}
	g, err := t.group(ctx, email)
	return g.ID, err
}

// group asks for a group by its address; errNoEntitlement where there is none.
func (t *Target) group(ctx context.Context, email string) (group, error) {
	var g group
	err := t.call(ctx, httpkit.Request{Method: http.MethodGet, Path: "/groups/" + url.PathEscape(email)}, nil, &g)
	if isMissing(err) || err == nil && fold(g.Email) != fold(email) {
		t.forget(email)
		return group{}, errNoEntitlement
	}
	if err != nil {
		return group{}, err
	}
	if g.ID == "" {
		return group{}, strange("group", "a group without id")
	}
	t.know(g)
	return g, nil
}

// members lists the direct members of a group. One that is gone meanwhile has none.
func (t *Target) members(ctx context.Context, id string) ([]member, error) {
	var out []member
	everybody := false
	err := t.directoryPages(ctx, "/groups/"+url.PathEscape(id)+"/members", url.Values{"maxResults": {listPage}}, func(resp *httpkit.Response) error {
		var page struct {
			Members []member `json:"members"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		for _, m := range page.Members {
			everybody = everybody || m.Type == "CUSTOMER"
		}
		out = append(out, page.Members...)
		return nil
	})
	if isMissing(err) {
		return nil, nil
	}
	if err == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.everyone[id] = everybody
	}
	return out, err
}

// settling is for how long a group that was just made may still be unknown in parts of
// Google, and again is when to ask again.
const settling, again = 5 * time.Minute, 5 * time.Second

// isFresh reports whether we made the group just now.
func (t *Target) isFresh(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	made, ok := t.fresh[id]
	return ok && t.now().Sub(made) < settling
}

// makeGroup makes a group, or finds the one that is there.
func (t *Target) makeGroup(ctx context.Context, email, name string) (id string, made bool, err error) {
	var g group
	err = t.call(ctx, httpkit.Request{Method: http.MethodPost, Path: "/groups"}, map[string]string{"email": email, "name": name}, &g)
	if isDuplicate(err) {
		g, err = t.group(ctx, email)
		return g.ID, false, err
	}
	if err != nil {
		return "", false, err
	}
	t.know(g)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fresh[g.ID] = t.now()
	return g.ID, true, nil
}
