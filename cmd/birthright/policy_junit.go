package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"birthright/hub/trial"
	"birthright/internal/junit"
	"birthright/rules"
)

// writeJUnit writes the outcome for CI, if that is wanted: a suite for each file.
func writeJUnit(path string, t trial.Tested) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	if err := errors.Join(junit.Write(f, suites(t)), f.Close()); err != nil {
		return fmt.Errorf("--junit %s: %w", path, err)
	}
	return nil
}

func suites(t trial.Tested) []junit.Suite {
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
	for _, r := range t.Tests {
		add(r.Position, "tests", r.Name, testFailure(r))
	}
	for _, r := range t.Properties {
		add(r.Position, "never", r.Name, strings.Join(breaches(r), "\n"))
	}
	return out
}
