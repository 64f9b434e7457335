package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/notify"
)

// remembered is how long it is believed who somebody is. What they may do is looked at
// with every deed.
const remembered = 10 * time.Minute

// mostRemembered bounds how many are kept in mind.
const mostRemembered = 50_000

type person struct {
	name  string
	until time.Time
}

// workspace is where the app is installed.
type workspace struct{ team, enterprise string }

// errNobody is why somebody in Slack is nobody to the hub.
type errNobody struct{ why string }

func (e errNobody) Error() string { return "You are nobody to Birthright: " + e.why }

// actor is who clicked, as one who acts in the hub.
func (a *App) actor(ctx context.Context, id string) (approval.Actor, error) {
	name, known := a.recall(a.people, id)
	if !known {
		var err error
		if name, err = a.identify(ctx, id); err != nil {
			return approval.Actor{}, err
		}
		a.keep(a.people, id, name)
	}
	return a.o.Desk.Actor(ctx, name)
}

// identify asks Slack for the address of somebody, and the hub whose it is.
func (a *App) identify(ctx context.Context, id string) (string, error) {
	api, err := a.api(ctx)
	if err != nil {
		return "", err
	}
	us, err := a.workspace(ctx, api)
	if err != nil {
		return "", err
	}
	u, err := api.GetUserInfoContext(ctx, id)
	if err != nil {
		return "", a.fault(err)
	}
	if why := us.refuses(u); why != "" {
		return "", errNobody{why}
	}
	name, err := a.o.Register.ByEmail(ctx, u.Profile.Email)
	if identity.KindOf(err) == identity.NotFound {
		return "", errNobody{fmt.Sprintf("it knows no single person with the address %s. Whoever runs it can help.", notify.Plain(u.Profile.Email, 200))}
	}
	return name, err
}

// refuses says why an account's address is not believed, "" where it is.
func (w workspace) refuses(u *slack.User) string {
	switch {
	case u.Deleted, u.IsBot, u.IsAppUser, u.IsWorkflowBot, u.IsConnectorBot:
		return "this account is no person's, or is closed."
	case u.IsStranger, u.TeamID != w.team && (w.enterprise == "" || u.Enterprise.EnterpriseID != w.enterprise):
		return "you belong to another workspace."
	case u.Profile.Email == "":
		return "your account has no e-mail address that the app can see."
	}
	return ""
}

// workspace is where the app is installed; it is asked once.
func (a *App) workspace(ctx context.Context, api *slack.Client) (workspace, error) {
	a.mu.Lock()
	known := a.us
	a.mu.Unlock()
	if known.team != "" {
		return known, nil
	}
	answer, err := api.AuthTestContext(ctx)
	if err != nil {
		return workspace{}, a.fault(err)
	}
	if answer.TeamID == "" {
		return workspace{}, errors.New("auth.test does not say which workspace the token is for")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.us = workspace{team: answer.TeamID, enterprise: answer.EnterpriseID}
	return a.us, nil
}

// idOf is how Slack calls a user of the hub.
func (a *App) idOf(ctx context.Context, api *slack.Client, to notify.Recipient) (string, error) {
	email := strings.ToLower(to.Email)
	if email == "" {
		return "", &notify.Fault{Err: fmt.Errorf("%s has no e-mail address in the directory", to.Name), Final: true}
	}
	if id, known := a.recall(a.ids, email); known {
		return id, nil
	}
	u, err := api.GetUserByEmailContext(ctx, email)
	if err != nil {
		return "", err
	}
	a.keep(a.ids, email, u.ID)
	return u.ID, nil
}

func (a *App) recall(from map[string]person, key string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, known := from[key]
	return p.name, known && a.o.Now().Before(p.until)
}

func (a *App) keep(in map[string]person, key, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(in) >= mostRemembered {
		clear(in)
	}
	in[key] = person{name, a.o.Now().Add(remembered)}
}
