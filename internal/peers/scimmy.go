package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
)

// fillScimmy runs the story on an application made of scimmy-routers.
func fillScimmy(ctx context.Context, w *world, out io.Writer) (_ string, err error) {
	address, err := freeAddress()
	if err != nil {
		return "", err
	}
	base := "http://" + address + "/scim/v2"
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	app, err := startServer(ctx, w.dir, "scimmy", base+"/ServiceProviderConfig", "node", w.scimmy, u.Port(), appToken)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, app.stop()) }()
	h, err := w.newHub("app", "kind: scim\nurl: "+base+"\ntoken: \"exec:echo "+appToken+
		"\"\nbefore_add: look\naccounts: {create: true}\ngroups: {create: true}")
	if err != nil {
		return "", err
	}
	held := 0
	look := func(ctx context.Context) (peerState, error) {
		s, err := readApp(ctx, base)
		held = len(s.Holds)
		return s, errors.Join(err, once(s.Holds))
	}
	if err := h.story(ctx, out, look); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d memberships in the end, none of them twice", held), nil
}

// once is an error where a line is there twice: somebody is a member twice.
func once(lines holding) error {
	lines = slices.Clone(lines)
	slices.Sort(lines)
	if n := len(lines) - len(slices.Compact(lines)); n > 0 {
		return fmt.Errorf("%d memberships are there twice", n)
	}
	return nil
}
