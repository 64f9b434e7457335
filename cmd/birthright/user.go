package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/reconcile"
)

// directory is what the commands about people ask.
type directory interface {
	Users(ctx context.Context, a approval.Actor, q hub.UserQuery) (hub.Page[hub.User], error)
	User(ctx context.Context, a approval.Actor, name string) (hub.User, error)
	UserThen(ctx context.Context, a approval.Actor, name string, at time.Time) (*hub.Then, error)
	UserDifference(ctx context.Context, a approval.Actor, name string, one, other time.Time) (hub.Difference, error)
	Explain(ctx context.Context, a approval.Actor, name string, q reconcile.Question) ([]reconcile.Explained, error)
	Timeline(ctx context.Context, a approval.Actor, q hub.TimelineQuery) (hub.Page[hub.Happening], error)
}

func (p *program) userCommand() *cobra.Command {
	return p.family("user", "The directory: who there is, what they have, and why",
		reaching(p.userListCommand()), reaching(p.userShowCommand()), reaching(p.userExplainCommand()), reaching(p.userTimelineCommand()))
}

// states are the values of --state.
var states = []string{
	string(identity.Staged), string(identity.Active), string(identity.OnLeave), string(identity.Suspended), string(identity.Left),
}

func (p *program) userListCommand() *cobra.Command {
	var q hub.UserQuery
	var state string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List users",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			q.State = identity.State(state)
			found, err := o.Hub.Users(ctx, actor, q)
			if err != nil {
				return err
			}
			return p.print(userListing(found.Items))
		}, func(*app.App, []string) error {
			return errors.Join(oneOf("state", state, states...), notNegative("limit", q.Limit))
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&state, "state", "", "only users in this `STATE`: staged, active, leave, suspended or left")
	flags.StringVar(&q.Department, "department", "", "only users of this `DEPARTMENT`")
	flags.StringVar(&q.Team, "team", "", "only users of this `TEAM`")
	flags.StringVar(&q.Search, "search", "", "only users whose name or email holds this `TEXT`")
	flags.IntVar(&q.Limit, "limit", 0, "at most this many; 0 for all")
	return cmd
}

func userListing(users []hub.User) listing {
	l := listing{
		data: users, header: []string{"user", "name", "state", "department", "team", "groups"},
		empty: "There are no such users. `birthright import` reads the sources.",
	}
	for _, u := range users {
		l.rows = append(l.rows, []string{u.UserName, u.DisplayName, string(u.State), u.Department, u.Team, strconv.Itoa(len(u.Memberships))})
	}
	return l
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
