package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"birthright/internal/junit"
	"birthright/rules"
)

// writeJUnit writes the outcome for CI, if that is wanted: a suite for each file.
func (t *policyTest) writeJUnit() error {
	if t.junit == "" {
		return nil
	}
	f, err := os.Create(t.junit)
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	if err := errors.Join(junit.Write(f, t.suites()), f.Close()); err != nil {
		return fmt.Errorf("--junit %s: %w", t.junit, err)
	}
	return nil
}

func (t *policyTest) suites() []junit.Suite {
	var out []junit.Suite
	at := map[string]int{}
	add := func(position rules.Position, class, name, failure string) {
		i, ok := at[position.File]
		if !ok {
			i = len(out)
			at[position.File] = i
			out = append(out, junit.Suite{Name: position.File})
		}
		out[i].Cases = append(out[i].Cases, junit.Case{Name: name, Class: class, File: position.File, Line: position.Line, Failure: failure})
	}
	for _, r := range t.tests {
		add(r.Position, "tests", r.Name, testFailure(r))
	}
	for _, r := range t.properties {
		add(r.Position, "never", r.Name, strings.Join(breaches(r), "\n"))
	}
	return out
}
