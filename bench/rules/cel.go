package main

import (
	"context"
	"time"

	"cel.dev/cel-go/cel"

	"birthright/bench/measure"
	"birthright/identity"
)

// celTask asks CEL about each rule for each of a sample of people, with flat
// variables and constants worked out beforehand: as fast as it gets.
func celTask(_ context.Context, args []string) (measure.Result, error) {
	people, n, err := numbers(args)
	if err != nil {
		return measure.Result{}, err
	}
	var options []cel.EnvOption
	for _, a := range attributes {
		options = append(options, cel.Variable("user."+a.name, cel.StringType))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return measure.Result{}, err
	}
	programs := make([]cel.Program, n)
	for i, s := range shapes(n) {
		checked, issues := env.Compile(s.text())
		if issues.Err() != nil {
			return measure.Result{}, issues.Err()
		}
		if programs[i], err = env.Program(checked, cel.EvalOptions(cel.OptOptimize)); err != nil {
			return measure.Result{}, err
		}
	}
	users := crowdOf(people)
	began := time.Now()
	for _, u := range users {
		values := variables(u)
		for _, p := range programs {
			if _, _, err := p.Eval(values); err != nil {
				return measure.Result{}, err
			}
		}
	}
	each := time.Since(began).Seconds() / float64(people) / float64(n)
	return measure.Result{Figures: map[string]float64{"each": each}}, nil
}

func variables(u identity.User) map[string]any {
	values := make(map[string]any, len(attributes))
	for _, a := range attributes {
		values["user."+a.name] = u.Attributes.First(a.name)
	}
	return values
}
