package main

import (
	"errors"

	"birthright/app"
	"birthright/config"
	"birthright/store"
	"birthright/tokens"
)

// tokenFor returns the scope of a token for a source or a receiver, one of them
// empty, and whom the audit log names.
func tokenFor(source, receiver string) (scope, subject string) {
	if receiver != "" {
		return tokens.ScopeSignals, "receiver:" + receiver
	}
	return tokens.ScopeSCIM, "source:" + source
}

// tokenHolder returns the source or the receiver that a token is for.
func tokenHolder(t store.TokenRow) (source, receiver string) {
	if t.Scope == tokens.ScopeSignals {
		return "", t.Source
	}
	return t.Source, ""
}

// checkHolder wants one source, or one receiver that polls.
func checkHolder(a *app.App, source, receiver string) error {
	switch {
	case source != "" && receiver != "":
		return usageError{errors.New("--source and --receiver contradict each other: a token is for one of them")}
	case receiver == "":
		if err := required("source", source, "name the source that will push with the token"); err != nil {
			return err
		}
		_, err := a.Source(source)
		return err
	}
	r, err := a.Receiver(receiver)
	if err == nil && r.Endpoint != nil {
		err = usageError{errors.New("--receiver " + receiver + ": events are pushed to it (delivery: " + config.DeliveryPush + "), so that it needs no token")}
	}
	return err
}
