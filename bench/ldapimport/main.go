// Command ldapimport measures the import of 100,000 people and 1,000 groups of
// 100 from a real slapd into durable, correlated state, as `birthright import`
// does it: configuration, source, intake, SQLite.
//
// The floor is a bare page loop of go-ldap over the same tree that drops what it
// decodes; beside it stands ldapsearch, the C client, writing to a null device.
// All three read in pages of 1,000. They take turns, each in a process of its
// own, and the median of three counts. Two more imports follow: one of nothing
// new and one of one person in a hundred changed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"birthright/bench/measure"
	"birthright/internal/slapdtest"
)

const (
	groups  = 1000
	members = 100 // of each group
	rounds  = 3
	// mostOfLoop is what the import may take of the page loop's time.
	mostOfLoop = 2
)

func main() {
	people := flag.Int("people", 100_000, "how many people are in the directory")
	program := measure.Program{
		Run:   func(ctx context.Context, r *measure.Report) error { return run(ctx, r, *people) },
		Tasks: map[string]measure.Task{"import": importTask, "page loop": loopTask, "ldapsearch": searchTask},
	}
	if len(os.Args) < 2 || os.Args[1] != measure.TaskFlag {
		flag.Parse()
	}
	os.Exit(measure.Main(program))
}

// bench is a directory server and a folder for hubs.
type bench struct {
	server *slapdtest.Server
	dir    string
	people int
	report *measure.Report
}

func run(ctx context.Context, r *measure.Report, people int) (err error) {
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tree := filepath.Join(dir, "slapd")
	if err := os.Mkdir(tree, 0o700); err != nil {
		return err
	}
	server, err := slapdtest.Run(tree, slapdtest.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if err := fill(server, people); err != nil {
		return err
	}
	b := bench{server: server, dir: dir, people: people, report: r}
	r.Title("Import from OpenLDAP: %s people, %s groups of %d, to durable, correlated state",
		measure.Count(people), measure.Count(groups), members)
	if err := b.first(ctx); err != nil {
		return err
	}
	return b.again(ctx)
}

// first compares a first import with the floors.
func (b bench) first(ctx context.Context) error {
	tasks := []string{"page loop", "ldapsearch", "import"}
	taken := map[string][]float64{}
	last := map[string]measure.Result{}
	for round := range rounds {
		for i := range tasks {
			name := tasks[(i+round)%len(tasks)]
			result, err := b.fork(ctx, name, b.hub(round))
			if err != nil {
				return err
			}
			taken[name], last[name] = append(taken[name], result.Seconds), result
		}
	}
	entries := b.people + groups
	for _, name := range tasks {
		b.line(name, measure.Median(taken[name]), entries, last[name])
	}
	imported := measure.Median(taken["import"])
	b.report.Ratio("import", "go-ldap page loop", imported/measure.Median(taken["page loop"]), mostOfLoop)
	b.report.Ratio("import", "ldapsearch", imported/measure.Median(taken["ldapsearch"]), 0)
	return nil
}

// again imports into the last hub twice more: nothing new, and a little.
func (b bench) again(ctx context.Context) error {
	loop, err := b.fork(ctx, "page loop", "")
	if err != nil {
		return err
	}
	unchanged, err := b.fork(ctx, "import", b.hub(rounds-1))
	if err != nil {
		return err
	}
	if n := unchanged.Counts["written"]; n != 0 {
		return fmt.Errorf("an import of nothing new changed %d records", n)
	}
	if err := touch(b.server, b.people/100); err != nil {
		return err
	}
	changed, err := b.fork(ctx, "import", b.hub(rounds-1))
	if err != nil {
		return err
	}
	if n := changed.Counts["written"]; n != b.people/100 {
		return fmt.Errorf("%d people were changed and the import changed %d", b.people/100, n)
	}
	entries := b.people + groups
	b.line("import, nothing new", unchanged.Seconds, entries, unchanged)
	b.line("import, 1 % changed", changed.Seconds, entries, changed)
	b.report.Ratio("import, nothing new", "go-ldap page loop", unchanged.Seconds/loop.Seconds, 0)
	b.report.Ratio("import, 1 % changed", "go-ldap page loop", changed.Seconds/loop.Seconds, 0)
	return nil
}

func (b bench) hub(n int) string { return filepath.Join(b.dir, fmt.Sprint("hub", n)) }

func (b bench) fork(ctx context.Context, task, hub string) (measure.Result, error) {
	result, err := measure.Fork(ctx, task, b.server.URL, b.server.AdminDN, b.server.AdminPassword, hub)
	if want := b.people + groups; err == nil && result.Counts["entries"] != want {
		err = fmt.Errorf("%s told of %d entries, and there are %d", task, result.Counts["entries"], want)
	}
	return result, err
}

func (b bench) line(name string, seconds float64, entries int, of measure.Result) {
	peak := measure.Size(of.Peak)
	if name == "ldapsearch" {
		peak = "" // the child's is that of the process around it
	}
	b.report.Line(name, measure.Seconds(seconds), measure.Rate(entries, seconds, "entries"), "CPU "+measure.Seconds(of.CPU), peak)
}
