package main

import (
	"errors"
	"fmt"
	"slices"

	"birthright/app"
	"birthright/config"
	"birthright/hub"
	"birthright/tokens"
)

// tokenFlags say whom a token is for: one of these, the others are empty.
type tokenFlags struct {
	source, receiver string
	// user acts with it at the API, or a program in a role.
	user, role string
	only       []string
}

// roles are those that a program's token can have.
var roles = []string{tokens.ScopeAdmin, tokens.ScopeAuditor}

func (f *tokenFlags) wish() hub.TokenWish {
	return hub.TokenWish{Source: f.source, Receiver: f.receiver, User: f.user, Role: f.role, Only: f.only}
}

// given lists the flags that were given.
func (f *tokenFlags) given() []string {
	var out []string
	for _, one := range [][2]string{{"--source", f.source}, {"--receiver", f.receiver}, {"--user", f.user}, {"--role", f.role}} {
		if one[1] != "" {
			out = append(out, one[0])
		}
	}
	return out
}

// check wants one holder, who is there as far as the configuration here knows.
func (f *tokenFlags) check(a *app.App) error {
	given := f.given()
	_, errOnly := tokens.ParseOnly(f.only)
	switch {
	case len(given) == 0:
		return required("source", "", "name the source that will push with the token, or whom else it is for: --user, --receiver or --role")
	case len(given) > 1:
		return usageError{fmt.Errorf("%s and %s contradict each other: a token is for one of them", given[0], given[1])}
	case f.role != "" && !slices.Contains(roles, f.role):
		return usageError{fmt.Errorf("--role %s: there are admin and auditor", f.role)}
	case errOnly != nil:
		return usageError{fmt.Errorf("--only: %w", errOnly)}
	case len(f.only) > 0 && f.user == "" && f.role == "":
		return usageError{errors.New("--only goes with --user or --role: other tokens open one thing anyway")}
	case a.Config == nil:
		return nil
	case f.source != "":
		_, err := a.Source(f.source)
		return err
	case f.receiver != "":
		r, err := a.Receiver(f.receiver)
		if err == nil && r.Endpoint != nil {
			err = usageError{errors.New("--receiver " + f.receiver + ": events are pushed to it (delivery: " + config.DeliveryPush + "), so that it needs no token")}
		}
		return err
	}
	return nil
}
