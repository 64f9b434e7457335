package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/hub"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

func (p *program) groupCommand() *cobra.Command {
	return p.family("group", "Groups: the units of access, and who is in them",
		p.groupListCommand(), p.groupShowCommand(), p.groupMembersCommand())
}

// groupView is a group as programs see it.
type groupView struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Owners      []string `json:"owners"`
	Risk        string   `json:"risk"`
	Standing    string   `json:"standing"` // birthright, or never
	Access      []string `json:"access"`
	Members     int      `json:"members"`
	Defined     bool     `json:"defined"` // by the policy in force
	Rule        string   `json:"rule,omitempty"`
	rules.Surroundings
}

func viewGroup(engine *rules.Engine, name string, members int) groupView {
	g, ok := engine.Group(name)
	v := groupView{
		Name: name, Title: g.Title, Description: g.Description, Owners: g.Owners, Risk: g.Risk,
		Standing: "birthright", Access: []string{}, Members: members, Defined: ok, Rule: g.Rule,
		Surroundings: engine.Surroundings(name),
	}
	if g.NoStanding {
		v.Standing = "never"
	}
	if v.Owners == nil {
		v.Owners = []string{}
	}
	for _, e := range g.Access {
		v.Access = append(v.Access, e.String())
	}
	return v
}

// groupViews lists the groups that the policy spells out and those that rules made.
func groupViews(ctx context.Context, a *app.App) ([]groupView, error) {
	counts := map[string]int{}
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Groups(ctx)
		for _, row := range rows {
			counts[row.Name] = row.Members
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	names := a.Engine().GroupNames()
	for name, members := range counts {
		if members > 0 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	views := make([]groupView, 0, len(names))
	for _, name := range names {
		views = append(views, viewGroup(a.Engine(), name, counts[name]))
	}
	return views, nil
}

func (p *program) groupListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List groups",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			views, err := groupViews(ctx, a)
			if err != nil {
				return err
			}
			l := listing{
				data: views, header: []string{"group", "members", "risk", "standing", "owners", "access"},
				empty: "The policy has no groups.",
			}
			for _, v := range views {
				l.rows = append(l.rows, []string{
					v.Name, strconv.Itoa(v.Members), v.Risk, v.Standing, strings.Join(v.Owners, " "), strings.Join(v.Access, " "),
				})
			}
			return p.print(l)
		}),
	}
}

func (p *program) groupShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show GROUP",
		Short: "Show one group",
		Args:  takes(1, 1),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			views, err := groupViews(ctx, a)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(views, func(v groupView) bool { return v.Name == args[0] })
			if i < 0 {
				return noGroup(args[0])
			}
			v := views[i]
			rows := [][]string{
				{"name", v.Name}, {"title", v.Title}, {"description", v.Description},
				{"owners", strings.Join(v.Owners, " ")}, {"risk", v.Risk}, {"standing", v.Standing},
				{"access", strings.Join(v.Access, " ")}, {"members", strconv.Itoa(v.Members)}, {"made by rule", v.Rule},
				{"given by rules", strings.Join(v.Rules, " ")}, {"contains", strings.Join(v.Contains, " ")},
				{"within", strings.Join(v.Within, " ")}, {"constraints", strings.Join(v.Constraints, " ")},
			}
			if p.output == "table" {
				rows = slices.DeleteFunc(rows, func(row []string) bool { return row[1] == "" })
			}
			return p.print(listing{data: v, header: []string{"field", "value"}, rows: rows})
		}),
	}
}

func noGroup(name string) error {
	return &identity.Error{
		Kind: identity.NotFound, Op: "find group", Object: name, Err: errors.New("there is no such group"),
		Hint: "`birthright group list` shows them",
	}
}

// memberView is one member of a group.
type memberView struct {
	User   string      `json:"user"`
	Name   string      `json:"name"`
	Causes []hub.Cause `json:"causes"`
	Since  any         `json:"since"`
	EndsAt any         `json:"ends_at"`
}

func (p *program) groupMembersCommand() *cobra.Command {
	var f momentFlags
	cmd := &cobra.Command{
		Use:   "members GROUP",
		Short: "List who is in a group, and why, also as it was at a time",
		Args:  takes(1, 1),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			if f.at != "" {
				return p.showMembersAt(ctx, a, args[0], f)
			}
			views := []memberView{}
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				views, err = groupMembers(ctx, tx, args[0])
				return err
			})
			if err != nil {
				return err
			}
			if _, ok := a.Engine().Group(args[0]); !ok && len(views) == 0 {
				return noGroup(args[0])
			}
			l := listing{data: views, header: []string{"user", "name", "because", "policy"}, empty: "Nobody is in it."}
			for _, v := range views {
				l.rows = append(l.rows, []string{v.User, v.Name, becauseOf(v.Causes), under(v.Causes)})
			}
			return p.print(l)
		}, f.check),
	}
	f.add(cmd, false)
	return cmd
}

func groupMembers(ctx context.Context, tx *store.Tx, group string) ([]memberView, error) {
	views := []memberView{}
	numbers, err := tx.GroupNumbers(ctx, []string{group}, false)
	if err != nil || len(numbers) == 0 {
		return views, err
	}
	rows, err := tx.MembersOf(ctx, numbers[group], 0, 0)
	if err != nil {
		return nil, err
	}
	causes, err := tx.CausesOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	versions, err := policyVersions(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	ns := make([]int64, len(rows))
	for i, row := range rows {
		ns[i] = row.UserN
	}
	users, err := tx.UsersByN(ctx, ns)
	if err != nil {
		return nil, err
	}
	byN := make(map[int64]identity.User, len(users))
	for _, u := range users {
		byN[u.N] = u
	}
	for _, row := range rows {
		u := byN[row.UserN]
		views = append(views, memberView{
			User: u.UserName, Name: u.Attributes.First(identity.AttrDisplayName), Causes: given(causes[row.CausesN], versions[row.PolicyN]),
			Since: timeOrNil(micro(row.Since)), EndsAt: timeOrNil(micro(row.EndsAt)),
		})
	}
	slices.SortFunc(views, func(a, b memberView) int { return cmp.Compare(a.User, b.User) })
	return views, nil
}
