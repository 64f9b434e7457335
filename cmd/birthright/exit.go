package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// The exit codes of the contract.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2 // bad usage, config or policy
	exitPart    = 3 // done in part: some changes failed
	exitHeld    = 4 // held by a guard or a conflict
	exitChanges = 5 // with --exit-code: something would change
)

// codeError ends the program with a code of its own; an empty error prints nothing.
type codeError struct {
	code int
	err  error
}

func (e codeError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e codeError) Unwrap() error { return e.err }

// exit tells what went wrong and returns the exit code for it.
func (p *program) exit(err error) int {
	if err == nil {
		return exitDone
	}
	if text := message(err); text != "" {
		fmt.Fprintln(p.err, text)
	}
	return exitCode(err)
}

// message is what a person reads: one fault behind the program's name, several
// as a list.
func message(err error) string {
	if errors.Is(err, context.Canceled) {
		return "birthright: stopped"
	}
	var faults strictyaml.Faults
	if errors.As(err, &faults) && len(faults) > 1 {
		return fmt.Sprintf("birthright: %d faults:\n  %s", len(faults), strings.ReplaceAll(faults.Error(), "\n", "\n  "))
	}
	text := strings.TrimSpace(err.Error())
	if text == "" {
		return ""
	}
	return "birthright: " + strings.ReplaceAll(text, "\n", "\n  ")
}

func exitCode(err error) int {
	var code codeError
	if errors.As(err, &code) {
		return code.code
	}
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	switch identity.KindOf(err) {
	case identity.Invalid:
		return exitUsage
	case identity.Held, identity.Conflict:
		return exitHeld
	default:
		return exitFailed
	}
}
