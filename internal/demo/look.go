package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"birthright/reconcile"
	"birthright/store"
)

// How long a scene waits for what must happen, and how often it looks.
const (
	patience  = time.Minute
	lookEvery = 2 * time.Millisecond
)

// until waits for something to become true on the systems.
func (s *story) until(ctx context.Context, what string, done func() bool) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return fmt.Errorf("waited %s in vain until %s", patience, what)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// systemsKnown waits until the hub has read both systems for the first time.
func (s *story) systemsKnown(ctx context.Context) error {
	return s.until(ctx, "the hub has read its targets", func() bool {
		for _, dest := range s.hub.Runner.Destinations {
			status, err := s.status(ctx, dest.Name())
			if err != nil || status.LastFullAt.IsZero() {
				return false
			}
		}
		return true
	})
}

// settle waits until the hub has nothing left to do.
func (s *story) settle(ctx context.Context) error {
	return s.until(ctx, "everything is done", func() bool {
		idle := false
		err := s.hub.Store.View(ctx, func(tx *store.Tx) error {
			due, err := tx.DueWork(ctx, "", time.Now(), 1)
			idle = len(due) == 0
			return err
		})
		for _, dest := range s.hub.Runner.Destinations {
			status, statusErr := s.status(ctx, dest.Name())
			idle = idle && statusErr == nil && status.Overdue == 0
		}
		return err == nil && idle
	})
}

func (s *story) status(ctx context.Context, target string) (status reconcile.TargetStatus, err error) {
	err = s.hub.Store.View(ctx, func(tx *store.Tx) error {
		status, err = reconcile.Status(ctx, tx, target)
		return err
	})
	return status, err
}

func (s *story) inApp(group, userName string) bool {
	return slices.Contains(s.scim.Members(group), userName)
}

func (s *story) activeInApp(userName string) bool {
	for _, u := range s.scim.Snapshot().Users {
		if u.UserName == userName {
			return u.Active
		}
	}
	return false
}

func (s *story) inDirectory(group, userName string) bool {
	return slices.ContainsFunc(s.ldap.Values("cn="+group+",ou=groups,"+suffix, "member"), func(dn string) bool {
		return strings.HasPrefix(strings.ToLower(dn), "uid="+userName+",")
	})
}

// directorySize counts accounts, groups and members in the directory.
func (s *story) directorySize() (people, groups, members int) {
	for _, e := range s.ldap.Entries() {
		switch {
		case strings.HasPrefix(strings.ToLower(e.DN), "uid="):
			people++
		case strings.HasPrefix(strings.ToLower(e.DN), "cn="):
			groups++
			members += len(e.Attributes["member"])
		}
	}
	return people, groups, members
}

// editApp changes a group of the application behind the hub's back, as an
// administrator would.
func (s *story) editApp(ctx context.Context, group, op, userName string) error {
	groupID, err := s.findInApp(ctx, "Groups", "displayName", group)
	if err != nil {
		return err
	}
	userID, err := s.findInApp(ctx, "Users", "userName", userName)
	if err != nil {
		return err
	}
	change := map[string]any{"op": op, "path": "members", "value": []any{map[string]string{"value": userID}}}
	if op == "remove" {
		change = map[string]any{"op": op, "path": fmt.Sprintf("members[value eq %q]", userID)}
	}
	body, err := json.Marshal(map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{change},
	})
	if err != nil {
		return err
	}
	return call(ctx, s.idp.http, http.MethodPatch, s.scim.URL()+"/Groups/"+groupID, s.appKey, body, nil)
}

func (s *story) findInApp(ctx context.Context, kind, attribute, value string) (string, error) {
	var found struct {
		Resources []struct {
			ID string `json:"id"`
		} `json:"Resources"`
	}
	filter := url.Values{"filter": {fmt.Sprintf("%s eq %q", attribute, value)}}
	err := call(ctx, s.idp.http, http.MethodGet, s.scim.URL()+"/"+kind+"?"+filter.Encode(), s.appKey, nil, &found)
	if err == nil && len(found.Resources) != 1 {
		err = fmt.Errorf("the app has %d %s with %s %q", len(found.Resources), kind, attribute, value)
	}
	if err != nil {
		return "", err
	}
	return found.Resources[0].ID, nil
}
