package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"birthright/app"
	"birthright/config"
	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/reconcile"
)

// sourceSecrets checks that the named sources, or all of them, have the secrets
// that they will be asked with.
func sourceSecrets(a *app.App, names []string) error {
	var paths []string
	for i, s := range a.Sources() {
		if len(names) == 0 || slices.Contains(names, s.Name) {
			paths = append(paths, strictyaml.Index("sources", i))
		}
	}
	return secretsBelow(a.Config, paths)
}

// targetSecrets does the same for targets.
func targetSecrets(a *app.App, names []string) error {
	var paths []string
	for i, d := range a.Destinations() {
		if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return named(d, name) }) {
			paths = append(paths, strictyaml.Index("targets", i))
		}
	}
	return secretsBelow(a.Config, paths)
}

// signInSecrets does the same for the provider by which people log in.
func signInSecrets(a *app.App, _ []string) error {
	return secretsBelow(a.Config, []string{"auth.oidc"})
}

// receiverSecrets does the same for receivers of signals.
func receiverSecrets(a *app.App, _ []string) error {
	return secretsBelow(a.Config, []string{"signals"})
}

// channelSecrets does the same for the channels by which people are told.
func channelSecrets(a *app.App, names []string) error {
	var paths []string
	for i, c := range a.Config.Notify {
		if len(names) == 0 || slices.Contains(names, c.Name) {
			paths = append(paths, strictyaml.Index("notify", i))
		}
	}
	return secretsBelow(a.Config, paths)
}

func named(d reconcile.Destination, name string) bool { return d.Name() == name }

// secretsBelow tells of a secret that is not there before anything is begun.
func secretsBelow(cfg *config.Config, paths []string) error {
	if cfg == nil { // they are those of a hub elsewhere
		return nil
	}
	var faults []error
	for _, m := range cfg.MissingSecrets(context.Background(), paths...) {
		faults = append(faults, fmt.Errorf("%s: %s: %w", cfg.File, m.Path, m.Err))
	}
	if len(faults) == 0 {
		return nil
	}
	return &identity.Error{Kind: identity.Invalid, Err: errors.Join(faults...)}
}
