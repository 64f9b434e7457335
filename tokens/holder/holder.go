// Package holder says who acts with a token of the API: the user that it is of, or a
// program with a role. The API asks it for every request, and the console for every
// page, so that a token that was revoked opens nothing from that moment on.
//
//	plain ─▶ Parse ─▶ the store's Token ─▶ Verify ─▶ scope ─▶ approval.Actor
//
// Whether that user is still here is asked by the desk, in the transaction in which it
// does what the user wants.
package holder

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/tokens"
)

// touchEvery is how often the use of a token is noted at most.
const touchEvery = time.Minute

// ErrScope is that a token is valid and for something else.
var ErrScope = errors.New("the token is not for the API")

// Keeper keeps tokens.
type Keeper interface {
	// Token returns a token by its ID; kind NotFound where there is none.
	Token(ctx context.Context, id string) (tokens.Token, error)
	// Touch notes that a token was used.
	Touch(ctx context.Context, id string, at time.Time) error
}

// Holder is who acts.
type Holder struct {
	approval.Actor
	// Token is the ID of the token, and Only what it is narrowed to.
	Token string
	Only  tokens.Only
}

// Refusal is a token that opens nothing; whoever sent it is not told why.
type Refusal struct {
	Token string // "" where it is not known
	Why   error
}

// Error says why, for the log.
func (r *Refusal) Error() string { return "token refused: " + r.Why.Error() }

// Unwrap returns the reason.
func (r *Refusal) Unwrap() error { return r.Why }

// Check checks tokens.
type Check struct {
	Keeper Keeper
	Now    func() time.Time
	Log    *slog.Logger
}

// Bearer returns who acts with the token of some Authorization headers.
func (c Check) Bearer(ctx context.Context, headers []string) (Holder, error) {
	plain, err := tokens.Bearer(headers)
	if err != nil {
		return Holder{}, &Refusal{Why: err}
	}
	return c.Plain(ctx, plain)
}

// Plain returns who acts with a token. The error is a *Refusal, or that the token could
// not be looked up.
func (c Check) Plain(ctx context.Context, plain string) (Holder, error) {
	id, err := tokens.Parse(plain)
	if err != nil {
		return Holder{}, &Refusal{Why: err}
	}
	t, err := c.Keeper.Token(ctx, id)
	if identity.KindOf(err) == identity.NotFound {
		_ = tokens.Token{}.Verify(plain, time.Time{}) // takes the time that a wrong secret takes
		return Holder{}, &Refusal{Token: id, Why: err}
	}
	if err != nil {
		return Holder{}, err
	}
	if err := t.Verify(plain, c.Now()); err != nil {
		return Holder{}, &Refusal{Token: id, Why: err}
	}
	return c.holder(ctx, t)
}

// Again returns who acts with a token that was shown before.
func (c Check) Again(ctx context.Context, id string) (Holder, error) {
	t, err := c.Keeper.Token(ctx, id)
	if identity.KindOf(err) == identity.NotFound {
		return Holder{}, &Refusal{Token: id, Why: err}
	}
	if err != nil {
		return Holder{}, err
	}
	if err := t.Live(c.Now()); err != nil {
		return Holder{}, &Refusal{Token: id, Why: err}
	}
	return c.holder(ctx, t)
}

func (c Check) holder(ctx context.Context, t tokens.Token) (Holder, error) {
	scope, only := tokens.SplitScope(t.Scope)
	h := Holder{Token: t.ID, Only: only, Actor: approval.Actor{UserN: t.UserN, Name: "token:" + t.ID}}
	switch {
	case scope == tokens.ScopeAPI && t.UserN != 0:
	case scope == tokens.ScopeAdmin && t.UserN == 0:
		h.Admin = true
	case scope == tokens.ScopeAuditor && t.UserN == 0:
		h.Auditor = true
	default:
		return Holder{}, &Refusal{Token: t.ID, Why: ErrScope}
	}
	if now := c.Now(); now.Sub(t.LastUsed) >= touchEvery {
		if err := c.Keeper.Touch(ctx, t.ID, now); err != nil {
			c.Log.Warn("the use of a token could not be noted", "token", t.ID, "error", err)
		}
	}
	return h, nil
}
