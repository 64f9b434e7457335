package app

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"birthright/console"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/signin"
	"birthright/signin/backing"
	"birthright/signin/provider"
	"birthright/store"
	"birthright/tokens/holder"

	tokenkeeper "birthright/api/backing"
)

// hubTerms are the entries of a role that the hub itself can answer for; those about
// claims are for the provider to say.
func hubTerms(terms []string) (own []string) {
	for _, term := range terms {
		if !strings.HasPrefix(term, "claim:") {
			own = append(own, term)
		}
	}
	return own
}

// signIn lets people in to the console.
func (a *App) signIn() *signin.Service {
	auth, book := a.Config.Auth, backing.New(a.Store)
	return signin.New(signin.Options{
		Book: book, Links: book, Provided: book, People: a.Desk,
		Tokens: holder.Check{Keeper: tokenkeeper.New(a.Store), Now: a.Now, Log: a.Log},
		Admins: auth.OIDC.Admins, Auditors: auth.OIDC.Auditors, UserClaim: auth.OIDC.UserClaim,
		Life: auth.Session.Life, Idle: auth.Session.Idle, Rand: rand.Reader, Now: a.Now, Log: a.Log,
	})
}

// provider is the company's OpenID Connect provider, which sends people back to
// publicURL; nil where there is none.
func (a *App) provider(publicURL string) (console.Provider, error) {
	o := a.Config.Auth.OIDC
	if !o.Enabled() {
		return nil, nil //nolint:nilnil // no provider is no fault
	}
	base := strings.TrimSuffix(publicURL, "/")
	return provider.New(provider.Options{
		Issuer: o.Issuer, ClientID: o.ClientID, Secret: o.ClientSecret, Scopes: o.Scopes, Needs: a.SignIn.Needs(), CAFile: o.CAFile, Dir: a.Config.Dir,
		Callback: base + console.CallbackPath, Home: base + "/login", Rand: rand.Reader, Now: a.Now, Log: a.Log,
	})
}

// LoginLink makes a link to the hub at publicURL that logs somebody in once: a user, or
// for "" whoever runs the program as a local administrator.
func (a *App) LoginLink(ctx context.Context, publicURL, user string) (address string, expires time.Time, err error) {
	err = a.Store.Update(ctx, func(tx *store.Tx) (err error) {
		address, expires, err = a.loginLink(ctx, tx, publicURL, user)
		return err
	})
	return address, expires, err
}

func (a *App) loginLink(ctx context.Context, tx *store.Tx, publicURL, user string) (address string, expires time.Time, err error) {
	userN, name, subject := int64(0), a.Actor, a.Actor
	if user != "" {
		u, err := tx.UserByName(ctx, user)
		if err != nil {
			return "", expires, err
		}
		if why := approval.Away(u.State); why != "" {
			return "", expires, &identity.Error{Kind: identity.Conflict, Op: "make a login link", Object: user, Err: errors.New("the user is " + string(u.State) + ", and could not log in by it")}
		}
		userN, name, subject = u.N, "", "user:"+u.UserName
	}
	address, link, err := signin.NewLink(rand.Reader, publicURL, userN, name, tx.Now())
	if err != nil {
		return "", expires, err
	}
	return address, link.Expires, tx.AddLoginLink(ctx, store.LoginLink(link), link.Made(a.Actor, subject))
}

// FirstLink is LoginLink for whoever starts the hub for the first time; "" where there is
// another way in, or somebody came in before.
func (a *App) FirstLink(ctx context.Context, publicURL string) (address string, err error) {
	if a.Config.Auth.OIDC.Enabled() {
		return "", nil
	}
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		first, err := tx.NobodyCameIn(ctx)
		if err != nil || !first {
			return err
		}
		address, _, err = a.loginLink(ctx, tx, publicURL, "")
		return err
	})
	return address, err
}
