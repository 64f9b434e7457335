package store

import (
	"context"
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/migrations"
)

// explain turns an error of a driver into one that says what to do, where the
// store knows. Errors that already say so pass unchanged.
func (db *DB) explain(op string, err error) error {
	var known *identity.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var fault error
	if db.dialect == migrations.SQLite {
		fault = sqliteFault(op, "", err)
	} else {
		fault = postgresFault(op, err)
	}
	if errors.As(fault, &known) {
		known.Err = db.hide(known.Err)
		return known
	}
	return db.hide(err)
}

func notFound(what, name string) error {
	return &identity.Error{Kind: identity.NotFound, Op: "find " + what, Object: name, Err: fmt.Errorf("there is no such %s", what)}
}

// errTwice tells of a row that one call wants to save in two ways.
var errTwice = errors.New("it comes twice")

func invalid(op, object string, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: op, Object: object, Err: err}
}
