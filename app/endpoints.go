package app

import (
	"errors"
	"fmt"

	"birthright/config"
	"birthright/identity"
)

// endpoints tells the hub what tokens can be made for.
type endpoints struct{ *App }

// Pushes implements hub.Endpoints.
func (e endpoints) Pushes(source string) (warning string, err error) {
	s, err := e.Source(source)
	if err == nil && !s.Told() {
		warning = fmt.Sprintf("source %s is of kind %s: the hub reads it, and nothing pushes to it", source, s.Kind)
	}
	return warning, err
}

// Polls implements hub.Endpoints.
func (e endpoints) Polls(receiver string) error {
	r, err := e.Receiver(receiver)
	if err == nil && r.Endpoint != nil {
		err = &identity.Error{
			Kind: identity.Invalid, Field: "receiver",
			Err: errors.New("events are pushed to " + receiver + " (delivery: " + config.DeliveryPush + "), so that it needs no token"),
		}
	}
	return err
}
