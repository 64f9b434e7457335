package hub

import (
	"context"
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

// DefaultTokenLife is how long a token is good for unless told otherwise, and
// LongestTokenLife how long one can be.
const (
	DefaultTokenLife = 180 * 24 * time.Hour
	LongestTokenLife = 10 * 365 * 24 * time.Hour
)

// TokenWish is a token that somebody wants: for a source, a receiver, a user, or a
// program in a role. For is DefaultTokenLife where it is 0.
type TokenWish struct {
	Source, Receiver, User, Role string
	Only                         []string
	For                          time.Duration
}

// NewToken is a token just made; nobody can see it again.
type NewToken struct {
	ID        string     `json:"id"`
	Token     string     `json:"token"`
	Source    string     `json:"source"`
	Receiver  string     `json:"receiver"`
	User      string     `json:"user"`
	Role      string     `json:"role"`
	Only      []string   `json:"only,omitempty"`
	ExpiresAt *time.Time `json:"expires_at"`
	// Warning says what will not work with it, "" for nothing.
	Warning string `json:"warning,omitempty"`
}

// CreateToken makes a token.
func (h *Hub) CreateToken(ctx context.Context, a approval.Actor, w TokenWish) (out NewToken, err error) {
	if w.For == 0 {
		w.For = DefaultTokenLife
	}
	scope, err := h.scopeOf(&w, &out)
	if err != nil {
		return out, err
	}
	err = h.update(ctx, a, func(s *session) error {
		user, err := s.holder(w)
		if err != nil {
			return err
		}
		plain, token, err := tokens.New(h.Rand, w.Source+w.Receiver, scope, s.tx.Now(), w.For)
		if err != nil {
			return err
		}
		row := store.TokenRow(token)
		row.UserN = user.N
		out = NewToken{
			ID: row.ID, Token: plain, Source: w.Source, Receiver: w.Receiver, User: user.UserName, Role: w.Role, Only: out.Only,
			ExpiresAt: instant(row.ExpiresAt.Truncate(time.Second)), Warning: out.Warning,
		}
		detail := map[string]any{"token": row.ID, "expires_at": row.ExpiresAt.UTC().Format(time.RFC3339)}
		if len(out.Only) > 0 {
			detail["only"] = strings.Join(out.Only, " ")
		}
		subject := Token{Source: w.Source, Receiver: w.Receiver, User: user.UserName, Role: w.Role}.subject()
		return s.tx.SaveToken(s.ctx, row, s.event("token.created", subject, detail))
	})
	if err != nil {
		return NewToken{}, err
	}
	return out, nil
}

// scopeOf checks a wish as far as the configuration knows, and says what the token opens.
func (h *Hub) scopeOf(w *TokenWish, out *NewToken) (scope string, err error) {
	var given []string
	for _, f := range [][2]string{{"source", w.Source}, {"receiver", w.Receiver}, {"user", w.User}, {"role", w.Role}} {
		if f[1] != "" {
			given = append(given, f[0])
		}
	}
	only, errOnly := tokens.ParseOnly(w.Only)
	switch {
	case len(given) == 0:
		return "", wrong("source", "", "name the source that will push with the token, or whom else it is for: a user, a receiver or a role")
	case len(given) > 1:
		return "", wrong(given[1], "", "%s and %s contradict each other: a token is for one of them", given[0], given[1])
	case w.Role != "" && !slices.Contains(tokenRoles, w.Role):
		return "", wrong("role", "", "there is no role %q: there are %s", w.Role, strings.Join(tokenRoles, " and "))
	case w.For < time.Second || w.For > LongestTokenLife:
		return "", wrong("expires", "", "a token is good for a second at least and ten years at most")
	case errOnly != nil:
		return "", wrong("only", "", "%v", errOnly)
	case len(only) > 0 && w.User == "" && w.Role == "":
		return "", wrong("only", "", "only a token at the API can be narrowed: one for a user or a role")
	}
	out.Only = only
	switch {
	case w.Source != "":
		out.Warning, err = h.Endpoints.Pushes(w.Source)
		return tokens.ScopeSCIM, err
	case w.Receiver != "":
		return tokens.ScopeSignals, h.Endpoints.Polls(w.Receiver)
	case w.User != "":
		return tokens.Narrowed(tokens.ScopeAPI, only), nil
	}
	return tokens.Narrowed(w.Role, only), nil
}

// holder is the user whom a token is for; nobody where it is for something else.
func (s *session) holder(w TokenWish) (u identity.User, err error) {
	found := false
	if w.User != "" {
		u, err = s.tx.UserByName(s.ctx, w.User)
		if found = err == nil; !found && identity.KindOf(err) != identity.NotFound {
			return u, err
		}
	}
	if err := s.may(rights.ManageTokens, rights.Relation{Self: found && u.N == s.Actor.UserN}); err != nil {
		return u, err
	}
	if w.User != "" && !found {
		return u, &identity.Error{
			Kind: identity.NotFound, Op: "make a token", Field: "user", Err: fmt.Errorf("there is no user %q", w.User), Hint: "`birthright user list` shows the users",
		}
	}
	return u, nil
}
