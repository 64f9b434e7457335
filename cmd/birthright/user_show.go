package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/store"
)

// recordView is what one source says about a user.
type recordView struct {
	Source  string `json:"source"`
	Key     string `json:"key"`
	Live    bool   `json:"live"`
	Changed any    `json:"changed_at"`
}

// accountView is a user's presence on one target.
type accountView struct {
	Target       string   `json:"target"`
	Account      string   `json:"account"`
	Active       bool     `json:"active"`
	Managed      bool     `json:"managed"`
	Entitlements []string `json:"entitlements"`
}

func sortMemberships(list []membershipView) {
	slices.SortFunc(list, func(a, b membershipView) int { return cmp.Compare(a.Group, b.Group) })
}

func (p *program) userShowCommand() *cobra.Command {
	var f momentFlags
	cmd := &cobra.Command{
		Use:   "show USER",
		Short: "Show one user: attributes, memberships, accounts, also as it was at a time",
		Args:  takes(1, 1),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			if f.at != "" {
				return p.showUserAt(ctx, a, args[0], f)
			}
			var view userView
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				view, err = showUser(ctx, tx, a, args[0])
				return err
			})
			if err != nil {
				return err
			}
			return p.print(userDetail(view))
		}, f.check),
	}
	f.add(cmd, true)
	return cmd
}

func showUser(ctx context.Context, tx *store.Tx, a *app.App, name string) (userView, error) {
	u, err := findUser(ctx, tx, name)
	if err != nil {
		return userView{}, err
	}
	held, err := memberships(ctx, tx, []identity.User{u})
	if err != nil {
		return userView{}, err
	}
	view := viewUser(u, held[u.N])
	view.Groups, view.Attributes, view.Origins = u.Groups, u.Attributes, u.Origins
	records, err := tx.RecordsOfUsers(ctx, []int64{u.N})
	if err != nil {
		return userView{}, err
	}
	for _, r := range records[u.N] {
		view.Records = append(view.Records, recordView{Source: r.Source, Key: r.Key, Live: r.Live(), Changed: timeOrNil(r.Modified)})
	}
	for _, dest := range a.Destinations() {
		account, err := showAccount(ctx, tx, dest.Name(), u.N)
		if err != nil {
			return userView{}, err
		}
		if account != nil {
			view.Accounts = append(view.Accounts, *account)
		}
	}
	return view, nil
}

// showAccount returns what is remembered of a user on one target, nil for nothing.
func showAccount(ctx context.Context, tx *store.Tx, target string, userN int64) (*accountView, error) {
	state, err := reconcile.Status(ctx, tx, target)
	if err != nil || state.N == 0 {
		return nil, err
	}
	accounts, err := tx.AccountsOfUsers(ctx, state.N, []int64{userN})
	if err != nil {
		return nil, err
	}
	rows, err := tx.AssignmentsOfUsers(ctx, state.N, []int64{userN})
	if err != nil || len(accounts)+len(rows) == 0 {
		return nil, err
	}
	view := &accountView{Target: target, Entitlements: []string{}}
	if len(accounts) > 0 && accounts[0].NativeID != "" { // else it was asked for and not seen yet
		view.Account, view.Active, view.Managed = accounts[0].Name, accounts[0].Active, accounts[0].Managed
	}
	var ns []int64
	for _, row := range rows {
		if row.Observed {
			ns = append(ns, row.EntN)
		}
	}
	entitlements, err := tx.EntitlementsByN(ctx, ns)
	for _, e := range entitlements {
		view.Entitlements = append(view.Entitlements, e.Address.String())
	}
	slices.Sort(view.Entitlements)
	return view, err
}

// userDetail lays a user out for people; CSV gets a row for each membership.
func userDetail(v userView) listing {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n\n", v.UserName, visible(v.DisplayName), v.State)
	b.WriteString(columns("  ", attributeRows(v)))
	section(&b, "Records", len(v.Records))
	var records [][]string
	for _, r := range v.Records {
		state := ""
		if !r.Live {
			state = "gone"
		}
		records = append(records, []string{r.Source, r.Key, state})
	}
	b.WriteString(columns("  ", records))
	section(&b, "Memberships", len(v.Memberships))
	l := listing{data: v, header: []string{"user", "group", "because", "policy"}}
	var held [][]string
	for _, m := range v.Memberships {
		row := []string{m.Group, "because of " + becauseOf(m.Causes)}
		if version := under(m.Causes); version != "" {
			row = append(row, "policy "+version)
		}
		if at, err := time.Parse(time.RFC3339, fmt.Sprint(m.EndsAt)); err == nil {
			row = append(row, "until "+minute(at))
		}
		held = append(held, row)
		l.rows = append(l.rows, []string{v.UserName, m.Group, becauseOf(m.Causes), under(m.Causes)})
	}
	b.WriteString(columns("  ", held))
	section(&b, "Accounts", len(v.Accounts))
	for _, account := range v.Accounts {
		state := ""
		if !account.Active {
			state = "disabled"
		}
		b.WriteString(columns("  ", [][]string{{account.Target, account.Account, state}}))
		for _, e := range account.Entitlements {
			fmt.Fprintf(&b, "    %s\n", e)
		}
	}
	l.text = b.String()
	return l
}

// attributeRows lists what is known of a user and which source said so.
func attributeRows(v userView) [][]string {
	var rows [][]string
	for _, name := range v.Attributes.Names() {
		origin := ""
		if source := v.Origins[name]; source != "" {
			origin = "(from " + source + ")"
		}
		rows = append(rows, []string{name, strings.Join(v.Attributes[name], ", "), origin})
	}
	if len(v.Groups) > 0 {
		rows = append(rows, []string{"groups", strings.Join(v.Groups, ", "), ""})
	}
	return rows
}

// columns aligns rows within a longer text.
func columns(indent string, rows [][]string) string {
	var b strings.Builder
	_ = printColumns(&b, indent, rows) // a builder takes everything
	return b.String()
}

func section(b *strings.Builder, title string, n int) {
	if n == 0 {
		fmt.Fprintf(b, "\n%s: none\n", title)
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
}
