package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"birthright/internal/company"
)

// people is the size of the sample company.
const people = 100

// hub is the real program in a folder of its own.
type hub struct {
	program, dir string
	company      company.Company
	target       string // the one that is compared with the peer
}

// newHub writes a hub's folder: the company's people in a file, its policy, and
// the peer as one of the two targets that the policy knows. The other is a list.
func (w *world) newHub(target, peerConfig string) (*hub, error) {
	dir, err := os.MkdirTemp(w.dir, "hub-"+target+"-")
	if err != nil {
		return nil, err
	}
	h := &hub{
		program: w.program, dir: dir, target: target,
		company: company.Generate(1, people, time.Now()),
	}
	list := map[string]string{"app": "directory", "directory": "app"}[target]
	settings := "sources:\n  - {name: hr, kind: file, path: people.csv, key: employeeNumber}\n" +
		"targets:\n  - {name: " + list + ", kind: file, path: list.csv}\n  - name: " + target + "\n" + indent(peerConfig)
	if err := os.MkdirAll(filepath.Join(h.dir, "policies"), 0o700); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"birthright.yaml": settings, "policies/company.yaml": company.Policy()} {
		if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return h, h.writePeople("")
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
}

// writePeople writes the HR file, without the one who left.
func (h *hub) writePeople(leaver string) error {
	here := h.company
	here.People = slices.DeleteFunc(slices.Clone(here.People), func(p company.Person) bool { return p.UserName == leaver })
	var b bytes.Buffer
	if err := here.WriteCSV(&b); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(h.dir, "people.csv"), b.Bytes(), 0o600)
}

// run carries out a command and reads its JSON, if into is not nil.
func (h *hub) run(ctx context.Context, into any, args ...string) error {
	cmd := exec.CommandContext(ctx, h.program, append(args, "--output", "json")...)
	var out, faults bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = h.dir, &out, &faults
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("birthright %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(faults.String()))
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(out.Bytes(), into)
}

// sync makes a run and returns how many changes it made on the peer.
func (h *hub) sync(ctx context.Context, args ...string) (int, error) {
	var report struct {
		Runs []struct {
			Target   string
			Complete bool
			Changes  []struct{ Action, Account, Entitlement, Outcome, Error string }
		}
	}
	if err := h.run(ctx, &report, append([]string{"sync", "--target", h.target, "--yes"}, args...)...); err != nil {
		return 0, err
	}
	n := 0
	for _, run := range report.Runs {
		if !run.Complete {
			return n, errors.New("the peer could not be read whole")
		}
		for _, c := range run.Changes {
			if c.Outcome != "done" {
				return n, fmt.Errorf("%s %s %s: %s %s", c.Action, c.Account, c.Entitlement, c.Outcome, c.Error)
			}
		}
		n += len(run.Changes)
	}
	return n, nil
}

// holding is who has what on the peer: one line "user group" for each, sorted.
type holding []string

// expected is what the peer should hold by the hub's own account of it.
func (h *hub) expected(ctx context.Context) (holding, error) {
	var groups []struct {
		Name   string
		Access []string
	}
	var users []struct {
		UserName    string
		Memberships []struct{ Group string }
	}
	if err := errors.Join(h.run(ctx, &groups, "group", "list"), h.run(ctx, &users, "user", "list")); err != nil {
		return nil, err
	}
	given := map[string][]string{}
	for _, g := range groups {
		for _, address := range g.Access {
			if id, here := strings.CutPrefix(address, h.target+":group/"); here {
				given[g.Name] = append(given[g.Name], id)
			}
		}
	}
	var out holding
	for _, u := range users {
		for _, m := range u.Memberships {
			for _, id := range given[m.Group] {
				out = append(out, u.UserName+" "+id)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// employed are the people who should be in the group everyone, whatever the hub
// thinks.
func (h *hub) employed(leaver string) holding {
	var out holding
	for _, p := range h.company.People {
		if p.UserName != leaver && p.Employed(h.company.Now) {
			out = append(out, p.UserName+" everyone")
		}
	}
	slices.Sort(out)
	return out
}

// leaver is somebody who has access and will have none.
func (h *hub) leaver() string {
	i := slices.IndexFunc(h.company.People, func(p company.Person) bool {
		return p.Department == "Engineering" && p.Type == company.Employee && p.Team != "" && p.Employed(h.company.Now)
	})
	return h.company.People[max(i, 0)].UserName
}

// mover is somebody else who has access, and will have other access.
func (h *hub) mover() *company.Person {
	leaver := h.leaver()
	i := slices.IndexFunc(h.company.People, func(p company.Person) bool {
		return p.Department == "Engineering" && p.Type == company.Employee && p.Team != "" && p.Employed(h.company.Now) && p.UserName != leaver
	})
	return &h.company.People[max(i, 0)]
}

// peerState is what a peer shows of itself.
type peerState struct {
	Active []string // accounts that work
	Holds  holding
}

// story fills a peer, finds nothing to do, sees somebody move and somebody leave, and
// finds nothing to do again. look asks the peer what it holds, through other eyes than the
// hub's.
func (h *hub) story(ctx context.Context, out io.Writer, look func(context.Context) (peerState, error)) error {
	leaver, mover := h.leaver(), h.mover()
	stay := func() {}
	var before peerState
	for _, step := range []struct {
		title, gone string
		happens     func()
	}{
		{"people arrive", "", stay}, {mover.UserName + " moves to Sales", "", func() { mover.Department, mover.Team = "Sales", "Field" }}, {leaver + " leaves", leaver, stay},
	} {
		step.happens()
		if err := errors.Join(h.writePeople(step.gone), h.run(ctx, nil, "import")); err != nil {
			return err
		}
		made, err := h.sync(ctx)
		if err != nil {
			return err
		}
		state, err := look(ctx)
		if err != nil {
			return err
		}
		if err := h.compare(ctx, state, step.gone); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
		again, err := h.sync(ctx, "--full")
		if err != nil {
			return err
		}
		if made == 0 || again != 0 {
			return fmt.Errorf("%s: %d changes, and %d in a run after that; want some, then none", step.title, made, again)
		}
		fmt.Fprintf(out, "  %-38s %4d changes; the peer has %d accounts that work and %d memberships, all as they should be; a full run finds nothing to do\n",
			step.title+":", made, len(state.Active), len(state.Holds))
		before = state
	}
	if slices.Contains(before.Active, leaver) {
		return fmt.Errorf("%s left and still has an account that works", leaver)
	}
	return nil
}

// compare holds the peer against the hub, and both against the company.
func (h *hub) compare(ctx context.Context, state peerState, leaver string) error {
	want, err := h.expected(ctx)
	if err != nil {
		return err
	}
	slices.Sort(state.Holds)
	if len(want) == 0 {
		return errors.New("the hub gives nobody anything")
	}
	if err := same("the peer", state.Holds, want); err != nil {
		return err
	}
	everyone := slices.DeleteFunc(slices.Clone(state.Holds), func(line string) bool { return !strings.HasSuffix(line, " everyone") })
	return same("the group everyone", everyone, h.employed(leaver))
}

// same tells the first lines that one has and the other has not.
func same(what string, got, want holding) error {
	var faults []string
	for _, line := range want {
		if _, there := slices.BinarySearch(got, line); !there {
			faults = append(faults, "lacks "+line)
		}
	}
	for _, line := range got {
		if _, wanted := slices.BinarySearch(want, line); !wanted {
			faults = append(faults, "has "+line)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("%s differs in %d places: %s", what, len(faults), strings.Join(faults[:min(len(faults), 5)], ", "))
}
