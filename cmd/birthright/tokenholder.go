package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"birthright/app"
	"birthright/config"
	"birthright/identity"
	"birthright/store"
	"birthright/tokens"
)

// tokenHolder is whom a token is for: one of these, the others are empty.
type tokenHolder struct {
	source, receiver string
	// user acts with it at the API, or a program in a role.
	user, role string
}

// roles are those that a program's token can have.
var roles = []string{tokens.ScopeAdmin, tokens.ScopeAuditor}

// given lists the flags that were given.
func (h tokenHolder) given() []string {
	var out []string
	for _, f := range [][2]string{{"--source", h.source}, {"--receiver", h.receiver}, {"--user", h.user}, {"--role", h.role}} {
		if f[1] != "" {
			out = append(out, f[0])
		}
	}
	return out
}

// scope is what the token opens, and subject whom the audit log names.
func (h tokenHolder) scope() (scope, subject string) {
	switch {
	case h.receiver != "":
		return tokens.ScopeSignals, "receiver:" + h.receiver
	case h.user != "":
		return tokens.ScopeAPI, "user:" + h.user
	case h.role != "":
		return h.role, "role:" + h.role
	}
	return tokens.ScopeSCIM, "source:" + h.source
}

// holderOf returns whom a token is for.
func holderOf(ctx context.Context, tx *store.Tx, t store.TokenRow) (tokenHolder, error) {
	switch {
	case t.Scope == tokens.ScopeSignals:
		return tokenHolder{receiver: t.Source}, nil
	case slices.Contains(roles, t.Scope):
		return tokenHolder{role: t.Scope}, nil
	case t.UserN == 0:
		return tokenHolder{source: t.Source}, nil
	}
	u, err := tx.UserByN(ctx, t.UserN)
	if identity.KindOf(err) == identity.NotFound {
		return tokenHolder{user: "nobody any more"}, nil
	}
	return tokenHolder{user: u.UserName}, err
}

// check wants one holder, who is there as far as the configuration knows.
func (h tokenHolder) check(a *app.App) error {
	given := h.given()
	switch {
	case len(given) == 0:
		return required("source", "", "name the source that will push with the token, or whom else it is for: --user, --receiver or --role")
	case len(given) > 1:
		return usageError{fmt.Errorf("%s and %s contradict each other: a token is for one of them", given[0], given[1])}
	case h.role != "" && !slices.Contains(roles, h.role):
		return usageError{fmt.Errorf("--role %s: there are admin and auditor", h.role)}
	case h.source != "":
		_, err := a.Source(h.source)
		return err
	case h.receiver != "":
		r, err := a.Receiver(h.receiver)
		if err == nil && r.Endpoint != nil {
			err = usageError{errors.New("--receiver " + h.receiver + ": events are pushed to it (delivery: " + config.DeliveryPush + "), so that it needs no token")}
		}
		return err
	}
	return nil
}

// find returns the number of the user, 0 for any other holder, and the user's name as it
// is written.
func (h tokenHolder) find(ctx context.Context, tx *store.Tx) (tokenHolder, int64, error) {
	if h.user == "" {
		return h, 0, nil
	}
	u, err := tx.UserByName(ctx, h.user)
	if identity.KindOf(err) == identity.NotFound {
		err = &identity.Error{
			Kind: identity.NotFound, Op: "make a token", Err: fmt.Errorf("there is no user %q", h.user), Hint: "`birthright user list` shows the users",
		}
	}
	h.user = u.UserName
	return h, u.N, err
}
