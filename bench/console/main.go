// Command console measures what people and programs wait for: each list page of the
// console, and each list of the API, in a directory of 1,000 and of 1,000,000 people,
// through the real server on a durable SQLite. What is asked for must not cost more
// because others exist.
//
// Beside it: the weight of the first page, and how many users a second the API tells one
// by one. The floor of that is a bare net/http server that reads the same user from the
// same database and writes the same JSON, without a token, without rights.
package main

import (
	"context"
	"os"
	"strconv"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{"pages": pagesTask}}))
}

const few, many = 1_000, 1_000_000

func run(ctx context.Context, r *measure.Report) error {
	most := many
	if text := os.Getenv("BENCH_PEOPLE"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		most = n
	}
	r.Title("Pages of the console and lists of the API: %s and %s people", measure.Count(few), measure.Count(most))
	small, err := measure.Fork(ctx, "pages", strconv.Itoa(few))
	if err != nil {
		return err
	}
	large, err := measure.Fork(ctx, "pages", strconv.Itoa(most))
	if err != nil {
		return err
	}
	for _, p := range lists {
		r.Line(p.path, "few: p50 "+measure.Millis(small.Figures[p.path+" p50"]), "p95 "+measure.Millis(small.Figures[p.path+" p95"]),
			"many: p50 "+measure.Millis(large.Figures[p.path+" p50"]), "p95 "+measure.Millis(large.Figures[p.path+" p95"]))
	}
	r.Line("the first page", measure.Count(large.Counts["page"])+" bytes, with styles and scripts "+measure.Count(large.Counts["weight"]))
	r.Line("users by the API", measure.Rate(large.Counts["reads"], large.Figures["api"], "reads"), "16 connections")
	r.Line("users by a bare server", measure.Rate(large.Counts["reads"], large.Figures["floor"], "reads"), "16 connections")
	r.Line("memory", "peak "+measure.Size(large.Peak))
	for _, p := range lists {
		r.Ratio(p.path+" among many", "among few", large.Figures[p.path+" p50"]/small.Figures[p.path+" p50"], 0)
	}
	r.Ratio("the API", "the bare server", large.Figures["api"]/large.Figures["floor"], 0)
	return nil
}
