package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/store"
	"birthright/tokens"
)

// Token is a bearer token as it is listed: without its secret.
type Token struct {
	ID         string     `json:"id"`
	Source     string     `json:"source"`
	Receiver   string     `json:"receiver"`
	User       string     `json:"user"`
	Role       string     `json:"role"`
	Only       []string   `json:"only,omitempty" doc:"what it is narrowed to"`
	State      string     `json:"state" enum:"live,expired,revoked"`
	CreatedAt  *time.Time `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
	Client     string     `json:"client"`
}

// TokenQuery selects tokens, oldest first. Empty fields do not filter.
type TokenQuery struct {
	Source, User, Client string
	// All also lists what OAuth clients got, of which there can be many.
	All bool
}

// TokenList are tokens; Hidden is how many that clients got are not among them.
type TokenList struct {
	Items  []Token `json:"items" nullable:"false"`
	Hidden int     `json:"hidden"`
}

// Tokens lists tokens: whoever may not see all of them sees their own.
func (h *Hub) Tokens(ctx context.Context, a approval.Actor, q TokenQuery) (out TokenList, err error) {
	out.Items = []Token{}
	err = h.view(ctx, a, func(s *session) error {
		own := rights.May(s.Actor, rights.ReadTokens, rights.Relation{}) != ""
		if err := s.may(rights.ReadTokens, rights.Relation{Self: s.Actor.UserN != 0}); err != nil {
			return err
		}
		rows, err := s.tx.Tokens(s.ctx, q.Source)
		if err != nil {
			return err
		}
		names, err := s.holderNames(rows)
		for _, t := range rows {
			one := viewToken(t, names[t.UserN], s.tx.Now())
			switch {
			case own && t.UserN != s.Actor.UserN:
			case q.Source != "" && one.Source == "", q.User != "" && !strings.EqualFold(one.User, q.User):
			case q.Client != "" && t.Client != q.Client:
			case q.Client == "" && t.Client != "" && !q.All:
				out.Hidden++
			default:
				out.Items = append(out.Items, one)
			}
		}
		return err
	})
	return out, err
}

// holderNames are the names of the users whose tokens these are.
func (s *session) holderNames(rows []store.TokenRow) (map[int64]string, error) {
	var ns []int64
	for _, t := range rows {
		if t.UserN != 0 {
			ns = append(ns, t.UserN)
		}
	}
	slices.Sort(ns)
	users, err := s.tx.BareUsers(s.ctx, slices.Compact(ns))
	names := make(map[int64]string, len(users))
	for _, u := range users {
		names[u.N] = u.UserName
	}
	return names, err
}

func viewToken(t store.TokenRow, user string, now time.Time) Token {
	scope, only := tokens.SplitScope(t.Scope)
	v := Token{
		ID: t.ID, Only: only, State: stateOf(t.RevokedAt, t.ExpiresAt, now), Client: t.Client, CreatedAt: instant(t.Created),
		ExpiresAt: instant(t.ExpiresAt), LastUsedAt: instant(t.LastUsed), RevokedAt: instant(t.RevokedAt),
	}
	switch {
	case scope == tokens.ScopeSignals:
		v.Receiver = t.Source
	case slices.Contains(tokenRoles, scope):
		v.Role = scope
	case t.UserN == 0:
		v.Source = t.Source
	default:
		if v.User = user; user == "" {
			v.User = "nobody any more"
		}
	}
	return v
}

// stateOf is the state at now of a token or client with these ends.
func stateOf(revoked, expires, now time.Time) string {
	switch {
	case !revoked.IsZero():
		return "revoked"
	case !expires.IsZero() && !now.Before(expires):
		return "expired"
	default:
		return "live"
	}
}

// RevokeTokens makes tokens useless at once: all of them or none. It returns how many
// were not so already.
func (h *Hub) RevokeTokens(ctx context.Context, a approval.Actor, ids []string) (revoked int, err error) {
	err = h.update(ctx, a, func(s *session) error {
		revoked = 0 // it may be called again
		for _, id := range ids {
			t, err := s.tx.TokenByID(s.ctx, id)
			if err != nil && identity.KindOf(err) != identity.NotFound {
				return err
			}
			if denied := s.may(rights.ManageTokens, rights.Relation{Self: err == nil && t.UserN != 0 && t.UserN == s.Actor.UserN}); denied != nil {
				return denied
			}
			if err != nil {
				return &identity.Error{
					Kind: identity.NotFound, Op: "revoke token", Object: id, Err: errors.New("there is no such token"),
					Hint: "`birthright token list` shows them; nothing was revoked",
				}
			}
			if !t.RevokedAt.IsZero() {
				continue
			}
			if err := s.revokeToken(t); err != nil {
				return err
			}
			revoked++
		}
		return nil
	})
	return revoked, err
}

func (s *session) revokeToken(t store.TokenRow) error {
	names, err := s.holderNames([]store.TokenRow{t})
	if err != nil {
		return err
	}
	detail := map[string]any{"token": t.ID}
	if t.Client != "" {
		detail["client"] = t.Client
	}
	t.RevokedAt = s.tx.Now()
	return s.tx.SaveToken(s.ctx, t, s.event("token.revoked", viewToken(t, names[t.UserN], s.tx.Now()).subject(), detail))
}

// subject is whom a token is for, as the audit log writes it.
func (t Token) subject() string {
	switch {
	case t.Receiver != "":
		return "receiver:" + t.Receiver
	case t.User != "":
		return "user:" + t.User
	case t.Role != "":
		return "role:" + t.Role
	}
	return "source:" + t.Source
}

// Endpoints are what tokens can be made for, by their names in the configuration.
type Endpoints interface {
	// Pushes checks that a source is configured; warning says where it will push nothing.
	Pushes(source string) (warning string, err error)
	// Polls checks that a receiver is configured and polls.
	Polls(receiver string) error
}

// tokenRoles are the roles that a program's token can have.
var tokenRoles = []string{tokens.ScopeAdmin, tokens.ScopeAuditor}

// wrong is an error about one part of the input.
func wrong(field, hint, format string, args ...any) error {
	return &identity.Error{Kind: identity.Invalid, Field: field, Err: fmt.Errorf(format, args...), Hint: hint}
}
