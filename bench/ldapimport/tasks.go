package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/store"
)

// pageSize is what all three ask for at a time.
const pageSize = 1000

const filter = "(|(objectClass=inetOrgPerson)(objectClass=groupOfNames))"

const configuration = `
database: {url: "sqlite:hub.db"}
sources:
  - name: corp
    kind: ldap
    url: %q
    bind_dn: %q
    bind_password: %q
    page_size: %d
    users: {base_dn: "ou=people,%[5]s"}
    groups: {base_dn: "ou=groups,%[5]s"}
`

// importTask imports into the hub in the folder of its last argument, and then
// looks whether everybody is there.
func importTask(ctx context.Context, args []string) (result measure.Result, err error) {
	began := time.Now()
	text := fmt.Sprintf(configuration, args[0], args[1], args[2], pageSize, suffix)
	h, err := hub.Open(ctx, args[3], text, "", nil)
	if err != nil {
		return result, err
	}
	reports, err := h.Import(ctx, []string{"corp"})
	if err != nil {
		return result, errors.Join(err, h.Close(ctx))
	}
	r := reports[0]
	result = measure.Since(began, map[string]int{
		"entries": r.Seen + r.Groups, "written": r.Added + r.Changed + r.Gone + r.GroupsChanged,
	})
	return result, errors.Join(check(ctx, h, r.Seen), h.Close(ctx))
}

func check(ctx context.Context, h *hub.Hub, people int) error {
	return h.Store.View(ctx, func(tx *store.Tx) error {
		users, err := tx.CountUsers(ctx)
		if err == nil && users != people {
			err = fmt.Errorf("%d people were told of, and there are %d users", people, users)
		}
		return err
	})
}

// loopTask is the floor: pages of entries with all their attributes, decoded
// and dropped.
func loopTask(_ context.Context, args []string) (measure.Result, error) {
	began := time.Now()
	conn, err := goldap.DialURL(args[0])
	if err != nil {
		return measure.Result{}, err
	}
	defer conn.Close()
	if err := conn.Bind(args[1], args[2]); err != nil {
		return measure.Result{}, err
	}
	paging := goldap.NewControlPaging(pageSize)
	request := goldap.NewSearchRequest(suffix, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false,
		filter, nil, []goldap.Control{paging})
	for n := 0; ; {
		answer, err := conn.Search(request)
		if err != nil {
			return measure.Result{}, err
		}
		n += len(answer.Entries)
		next, ok := goldap.FindControl(answer.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
		if !ok || len(next.Cookie) == 0 {
			return measure.Since(began, map[string]int{"entries": n}), nil
		}
		paging.SetCookie(next.Cookie)
	}
}

// searchTask runs ldapsearch over the same tree. What it writes is counted and
// dropped, as by a null device that can count.
func searchTask(ctx context.Context, args []string) (measure.Result, error) {
	began := time.Now()
	out := counter{rest: []byte("\n")}
	search := exec.CommandContext(ctx, "ldapsearch", "-x", "-LLL", "-H", args[0], "-D", args[1], "-w", args[2],
		"-E", fmt.Sprintf("pr=%d/noprompt", pageSize), "-b", suffix, filter)
	search.Stdout = &out
	if err := search.Run(); err != nil {
		return measure.Result{}, fmt.Errorf("ldapsearch: %w (install it with: apt-get install -y ldap-utils)", err)
	}
	return measure.Since(began, map[string]int{"entries": out.entries}), nil
}

// counter counts the entries of LDIF that is written to it.
type counter struct {
	entries int
	rest    []byte // the start of a line that is not over
}

var entryStart = []byte("\ndn: ")

func (c *counter) Write(p []byte) (int, error) {
	text := append(c.rest, p...)
	c.entries += bytes.Count(text, entryStart)
	c.rest = append(c.rest[:0:0], text[max(0, len(text)-len(entryStart)+1):]...)
	return len(p), nil
}
