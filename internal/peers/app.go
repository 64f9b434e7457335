package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
)

const appToken = "peer-token"

// fillApp runs the story on scim2-server.
func fillApp(ctx context.Context, w *world, out io.Writer) (_ string, err error) {
	address, err := freeAddress()
	if err != nil {
		return "", err
	}
	base := "http://" + address + "/v2"
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	app, err := startServer(ctx, w.dir, "scim2-server", base+"/ServiceProviderConfig",
		filepath.Join(filepath.Dir(w.python), "scim2-server"), "--port", u.Port(), "--bearer-token", appToken)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, app.stop()) }()
	h, err := w.newHub("app", "kind: scim\nurl: "+base+"\ntoken: \"exec:echo "+appToken+"\"\naccounts: {create: true}\ngroups: {create: true}")
	if err != nil {
		return "", err
	}
	if err := h.story(ctx, out, func(ctx context.Context) (peerState, error) { return readApp(ctx, base) }); err != nil {
		return "", err
	}
	before, err := app.writes()
	if err != nil {
		return "", err
	}
	if _, err := h.sync(ctx, "--full"); err != nil {
		return "", err
	}
	after, err := app.writes()
	if err == nil && (after != before || before == 0) {
		err = fmt.Errorf("its log has %d writes before a run with nothing to do, and %d after it", before, after)
	}
	return fmt.Sprintf("%d writes in all, none of them in a run with nothing to do", after), err
}

// readApp asks the application with plain requests, page by page.
func readApp(ctx context.Context, base string) (peerState, error) {
	type user struct {
		ID, UserName string
		Active       bool
	}
	type group struct {
		DisplayName string
		Members     []struct{ Value string }
	}
	var s peerState
	users, err := list[user](ctx, base+"/Users")
	if err != nil {
		return s, err
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.UserName
		if u.Active {
			s.Active = append(s.Active, u.UserName)
		}
	}
	groups, err := list[group](ctx, base+"/Groups")
	for _, g := range groups {
		for _, m := range g.Members {
			s.Holds = append(s.Holds, names[m.Value]+" "+g.DisplayName)
		}
	}
	return s, err
}

func list[T any](ctx context.Context, address string) ([]T, error) {
	var all []T
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s?startIndex=%d&count=50", address, len(all)+1), nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+appToken)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		var page struct {
			TotalResults int
			Resources    []T
		}
		err = errors.Join(json.NewDecoder(answer.Body).Decode(&page), answer.Body.Close())
		if err != nil || answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("GET %s: %s: %w", address, answer.Status, err)
		}
		all = append(all, page.Resources...)
		if len(all) >= page.TotalResults || len(page.Resources) == 0 {
			return all, nil
		}
	}
}
