package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
)

// ask makes requests. Where all that they lack is a reason or a ticket, and somebody is
// there, that is asked for.
func (p *program) ask(ctx context.Context, o office, actor approval.Actor, w desk.Wish) ([]desk.Request, error) {
	made, err := o.Desk.Ask(ctx, actor, w)
	if err == nil || !p.interactive() {
		return made, err
	}
	answers := bufio.NewReader(p.in)
	lacks := lacking(err)
	for _, field := range []struct {
		name, question string
		into           *string
	}{{"reason", "Why is it needed?", &w.Reason}, {"ticket", "For which ticket?", &w.Ticket}} {
		if !lacks[field.name] || *field.into != "" {
			continue
		}
		if *field.into = p.answerTo(field.question, answers); *field.into == "" {
			return nil, err
		}
		delete(lacks, field.name)
	}
	if len(lacks) > 0 {
		return nil, err
	}
	return o.Desk.Ask(ctx, actor, w)
}

// answerTo asks one question of whoever is at the terminal.
func (p *program) answerTo(question string, answers *bufio.Reader) string {
	fmt.Fprint(p.err, question+" ")
	line, err := answers.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return ""
	}
	return strings.TrimSpace(line)
}

// lacking are the parts of the input that an error is about: "" where it is about
// something else.
func lacking(err error) map[string]bool {
	out := map[string]bool{}
	var look func(err error)
	look = func(err error) {
		if joined, several := err.(interface{ Unwrap() []error }); several { //nolint:errorlint // each layer is looked at in turn
			for _, part := range joined.Unwrap() {
				look(part)
			}
			return
		}
		e, ok := err.(*identity.Error) //nolint:errorlint // as above
		inner := errors.Unwrap(err)
		switch _, several := inner.(interface{ Unwrap() []error }); { //nolint:errorlint // as above
		case ok && e.Field != "":
			out[e.Field] = true
		case several:
			look(inner)
		case ok || inner == nil:
			out[""] = true
		default:
			look(inner)
		}
	}
	look(err)
	return out
}
