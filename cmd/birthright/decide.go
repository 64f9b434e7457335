package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
)

// answer does something to one request.
type answer func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Answer, error)

// answering does something to each of some requests: one that cannot be done keeps
// the others from nothing.
func (p *program) answering(do answer, checks ...check) func(*cobra.Command, []string) error {
	return p.through(func(ctx context.Context, o office, actor approval.Actor, ids []string) error {
		var done []desk.Request
		var faults []error
		already := map[string]bool{}
		for _, id := range ids {
			got, err := do(ctx, o, actor, id)
			if err != nil {
				faults = append(faults, about(id, noSuch(err, "request", id)))
				continue
			}
			done, already[got.Request.ID] = append(done, got.Request), got.Already
		}
		if len(done) == 0 {
			return errors.Join(faults...)
		}
		if err := p.concluded(ctx, o, actor, done, already, len(ids) == 1); err != nil {
			faults = append(faults, err)
		}
		if len(faults) > 0 {
			return codeError{exitPart, errors.Join(faults...)}
		}
		return nil
	}, checks...)
}

// about puts in front of an error what it is about, unless it says so.
func about(id string, err error) error {
	if identity.KindOf(err) == identity.NotFound || strings.HasPrefix(err.Error(), id+" ") {
		return err
	}
	return fmt.Errorf("%s: %w", id, err)
}

// notFound is an error in our words where err says that nothing was found, else nil.
func notFound(err error, what, hint string) error {
	if identity.KindOf(err) != identity.NotFound {
		return nil
	}
	return &identity.Error{Kind: identity.NotFound, Err: errors.New(what), Hint: hint}
}
