// Command targets measures what provisioning costs: the calls and the time that a hub
// needs beside what the system itself asks for.
//
//	scim        a SCIM application that answers in 5 ms, over a socket
//	ldap        a real slapd, beside a bare client that sends the same
//	samba       a real Samba domain controller, likewise, with fewer people
//	postgres    a real PostgreSQL, beside a bare client that sends the same
//	limits      systems that allow so many requests: how much of that is used
//
// The hub runs as its users run it, from a configuration file on durable SQLite.
// 10,000 people get accounts, and ten groups each: 1,000 groups of 100.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{
		"scim": scimTask, "ldap": ldapTask, "samba": sambaTask, "postgres": postgresTask, "limits": limitsTask,
	}}))
}

// What is aimed at: calls beside the fewest that the protocol allows, time beside what
// those calls take, and the share of a budget that is used.
const (
	mostCalls = 1.02
	mostWall  = 1.1
	mostSlack = 1 / 0.95
)

func run(ctx context.Context, r *measure.Report) error {
	flags := flag.NewFlagSet("targets", flag.ContinueOnError)
	people := flags.Int("people", 10_000, "how many people, a multiple of 100")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	r.Title("Provisioning %s people with ten groups each, groups of %d", measure.Count(*people), cellSize)
	for _, part := range []func() error{
		func() error { return scimPart(ctx, r, *people) },
		func() error { return server(ctx, r, "ldap", "OpenLDAP", *people) },
		func() error {
			return server(ctx, r, "samba", fmt.Sprintf("Samba, %d people", min(*people, sambaPeople)), *people)
		},
		func() error { return server(ctx, r, "postgres", "PostgreSQL", *people) },
		func() error { return limits(ctx, r) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func scimPart(ctx context.Context, r *measure.Report, people int) error {
	result, err := measure.Fork(ctx, "scim", strconv.Itoa(people))
	if err != nil {
		return err
	}
	f, n := result.Figures, result.Counts
	r.Line("SCIM: the first sync", fmt.Sprintf("%s calls", measure.Count(n["calls"])), measure.Seconds(result.Seconds),
		measure.Rate(n["changes"], result.Seconds, "changes"), "peak "+measure.Size(result.Peak))
	r.Line("floor: one call an account, one a group, four at once, 5 ms each", fmt.Sprintf("%s calls", measure.Count(n["least"])), measure.Seconds(f["floor"]))
	r.Line("SCIM: the target alone, given the same changes", fmt.Sprintf("%s calls", measure.Count(n["bare calls"])), measure.Seconds(f["bare"]))
	r.Line("SCIM: a full sync without a change", fmt.Sprintf("%d writes", n["writes again"]), fmt.Sprintf("%d reads", n["reads again"]), measure.Seconds(f["again"]))
	r.Ratio("calls of the first sync", "the fewest", float64(n["calls"])/float64(n["least"]), mostCalls)
	r.Ratio("time of the first sync", "its calls × 5 ms ÷ 4", result.Seconds/f["floor"], mostWall)
	r.Ratio("the target alone", "its calls × 5 ms ÷ 4", f["bare"]/f["bare floor"], mostWall)
	r.Ratio("reads of a sync without a change", "pages of 100", float64(n["reads again"])/float64(n["pages"]), mostCalls)
	return nil
}

// server compares the hub with a bare client that sends a real server the same.
func server(ctx context.Context, r *measure.Report, task, name string, people int) error {
	result, err := measure.Fork(ctx, task, strconv.Itoa(people))
	if err != nil {
		return err
	}
	r.Line(name+": the first sync", measure.Seconds(result.Seconds), measure.Rate(result.Counts["changes"], result.Seconds, "changes"), "peak "+measure.Size(result.Peak))
	r.Line("floor: a bare client's loop to "+name, measure.Seconds(result.Figures["bare"]))
	r.Ratio(name+": the first sync", "a bare client's loop", result.Seconds/result.Figures["bare"], 0)
	return nil
}
