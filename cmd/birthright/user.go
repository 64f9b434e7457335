package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/store"
)

func (p *program) userCommand() *cobra.Command {
	return p.family("user", "The directory: who there is, what they have, and why",
		p.userListCommand(), p.userShowCommand(), p.userExplainCommand())
}

// userView is a user as programs see it.
type userView struct {
	ID          string              `json:"id"`
	UserName    string              `json:"userName"`
	State       identity.State      `json:"state"`
	DisplayName string              `json:"displayName"`
	Email       string              `json:"email"`
	Department  string              `json:"department"`
	Team        string              `json:"team"`
	Title       string              `json:"title"`
	Manager     string              `json:"manager"`
	StartDate   any                 `json:"startDate"`
	EndDate     any                 `json:"endDate"`
	Memberships []membershipView    `json:"memberships"`
	Groups      []string            `json:"groups,omitempty"`
	Attributes  identity.Attributes `json:"attributes,omitempty"`
	Origins     map[string]string   `json:"origins,omitempty"`
	Records     []recordView        `json:"records,omitempty"`
	Accounts    []accountView       `json:"accounts,omitempty"`
}

type membershipView struct {
	Group  string      `json:"group"`
	Causes []causeView `json:"causes"`
	Since  any         `json:"since"`
	EndsAt any         `json:"ends_at"`
}

func viewUser(u identity.User, memberships []membershipView) userView {
	return userView{
		ID: u.ID, UserName: u.UserName, State: u.State, DisplayName: u.Attributes.First(identity.AttrDisplayName),
		Email: u.Attributes.First(identity.AttrEmail), Department: u.Attributes.First(identity.AttrDepartment),
		Team: u.Attributes.First(identity.AttrTeam), Title: u.Attributes.First(identity.AttrTitle),
		Manager: u.Attributes.First(identity.AttrManager), StartDate: timeOrNil(u.StartsAt), EndDate: timeOrNil(u.EndsAt),
		Memberships: memberships,
	}
}

// states are the values of --state.
var states = []string{
	string(identity.Staged), string(identity.Active), string(identity.OnLeave), string(identity.Suspended), string(identity.Left),
}

func (p *program) userListCommand() *cobra.Command {
	var filter store.UserFilter
	var state string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List users",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			filter.State = identity.State(state)
			var users []identity.User
			var held map[int64][]membershipView
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				if users, _, err = tx.Users(ctx, filter); err != nil {
					return err
				}
				held, err = memberships(ctx, tx, users)
				return err
			})
			if err != nil {
				return err
			}
			return p.print(userListing(users, held))
		}, func(*app.App, []string) error {
			return errors.Join(oneOf("state", state, states...), notNegative("limit", filter.Limit))
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&state, "state", "", "only users in this `STATE`: staged, active, leave, suspended or left")
	flags.StringVar(&filter.Department, "department", "", "only users of this `DEPARTMENT`")
	flags.StringVar(&filter.Team, "team", "", "only users of this `TEAM`")
	flags.StringVar(&filter.Search, "search", "", "only users whose name or email holds this `TEXT`")
	flags.IntVar(&filter.Limit, "limit", 0, "at most this many; 0 for all")
	return cmd
}

func userListing(users []identity.User, held map[int64][]membershipView) listing {
	l := listing{
		header: []string{"user", "name", "state", "department", "team", "groups"},
		empty:  "There are no such users. `birthright import` reads the sources.",
	}
	data := make([]userView, 0, len(users))
	for _, u := range users {
		data = append(data, viewUser(u, held[u.N]))
		l.rows = append(l.rows, []string{
			u.UserName, u.Attributes.First(identity.AttrDisplayName), string(u.State),
			u.Attributes.First(identity.AttrDepartment), u.Attributes.First(identity.AttrTeam), strconv.Itoa(len(held[u.N])),
		})
	}
	l.data = data
	return l
}

// memberships loads the stored memberships of some users, with names.
func memberships(ctx context.Context, tx *store.Tx, users []identity.User) (map[int64][]membershipView, error) {
	ns := make([]int64, len(users))
	out := make(map[int64][]membershipView, len(users))
	for i, u := range users {
		ns[i] = u.N
		out[u.N] = []membershipView{}
	}
	rows, err := tx.MembershipsOfUsers(ctx, ns)
	if err != nil {
		return nil, err
	}
	groupNs := make([]int64, len(rows))
	for i, row := range rows {
		groupNs[i] = row.GroupN
	}
	names, err := tx.GroupNames(ctx, groupNs)
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
	for _, row := range rows {
		out[row.UserN] = append(out[row.UserN], membershipView{
			Group: names[row.GroupN], Causes: given(causes[row.CausesN], versions[row.PolicyN]),
			Since: timeOrNil(micro(row.Since)), EndsAt: timeOrNil(micro(row.EndsAt)),
		})
	}
	for _, list := range out {
		sortMemberships(list)
	}
	return out, nil
}

func micro(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// findUser finds a user by name, or by id.
func findUser(ctx context.Context, tx *store.Tx, name string) (identity.User, error) {
	u, err := tx.UserByName(ctx, name)
	if identity.KindOf(err) == identity.NotFound && strings.Count(name, "-") == 4 {
		if byID, errID := tx.UserByID(ctx, name); errID == nil {
			return byID, nil
		}
	}
	return u, noUser(err, name)
}

// noUser says of an error that nothing was found what was looked for.
func noUser(err error, name string) error {
	if identity.KindOf(err) != identity.NotFound {
		return err
	}
	return &identity.Error{
		Kind: identity.NotFound, Err: fmt.Errorf("there is no user %q", name), Hint: "`birthright user list` shows them",
	}
}
