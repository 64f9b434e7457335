package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/rights"
	"birthright/tokens"
)

type tokenHub interface {
	Tokens(ctx context.Context, a approval.Actor, q hub.TokenQuery) (hub.TokenList, error)
	CreateToken(ctx context.Context, a approval.Actor, w hub.TokenWish) (hub.NewToken, error)
	RevokeTokens(ctx context.Context, a approval.Actor, ids []string) (revoked int, err error)
}

// tokensPage is the list of tokens and the form for another.
type tokensPage struct {
	hub.TokenList
	// Made is the token that was made just now; it is shown on this page alone.
	Made *hub.NewToken
	// Manages is set for who makes tokens for others too; Self is the visitor's name as
	// a user, "" for who is none.
	Manages bool
	Self    string
	Typed   map[string]string
	Nouns   []string
}

func (c *Console) mountTokens(d door) {
	d.page("GET /tokens", func(r *http.Request, v visitor) (view, error) { return c.tokens(r, v, nil) })
	d.form("POST /tokens", c.createToken)
	d.form("POST /tokens/{id}/revoke", c.revokeToken)
}

func (c *Console) tokens(r *http.Request, v visitor, made *hub.NewToken) (view, error) {
	found, err := c.Hub.Tokens(r.Context(), v.Actor, hub.TokenQuery{})
	if err != nil {
		return view{}, err
	}
	who, err := c.Hub.Self(r.Context(), v.Actor, rights.ManageTokens)
	if err != nil {
		return view{}, err
	}
	body := tokensPage{TokenList: found, Made: made, Manages: who.May[rights.ManageTokens], Nouns: tokens.Nouns(), Typed: map[string]string{"expires": "90d"}}
	if name, user := strings.CutPrefix(who.Name, "user:"); user {
		body.Self = name
	}
	return view{Page: "tokens.html", Section: "Tokens", Title: "Tokens", Body: &body}, nil
}

// createToken makes a token and shows it: the one answer to a form that is a page, since
// an address must not hold a secret. Sent again, it makes another.
func (c *Console) createToken(r *http.Request, v visitor) (view, error) {
	typed := map[string]string{}
	for _, name := range []string{"kind", "whose", "only", "expires"} {
		typed[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	wish, err := tokenWish(typed)
	var made hub.NewToken
	if err == nil {
		made, err = c.Hub.CreateToken(r.Context(), v.Actor, wish)
	}
	if err == nil {
		return c.tokens(r, v, &made)
	}
	again, errShow := c.tokens(r, v, nil)
	if errShow != nil {
		return view{}, errShow
	}
	again.Body.(*tokensPage).Typed = typed
	return c.refused(again, err), nil
}

// tokenWish is what the form asks for.
func tokenWish(typed map[string]string) (w hub.TokenWish, err error) {
	name := typed["whose"]
	switch typed["kind"] {
	case "user":
		w.User = name
	case "source":
		w.Source = name
	case "receiver":
		w.Receiver = name
	default:
		w.Role = typed["kind"]
	}
	w.Only = strings.FieldsFunc(typed["only"], func(c rune) bool { return c == ',' || c == ' ' })
	if typed["expires"] != "" {
		if w.For, err = duration.Parse(typed["expires"]); err != nil || w.For < time.Second {
			return w, &identity.Error{Kind: identity.Invalid, Field: "expires", Err: errNoLength(typed["expires"])}
		}
	}
	return w, nil
}

type errNoLength string

// Error implements error.
func (e errNoLength) Error() string {
	return `"` + string(e) + `" is no length of time: write 90d, 12h or 1w`
}

func (c *Console) revokeToken(r *http.Request, v visitor) (view, error) {
	n, err := c.Hub.RevokeTokens(r.Context(), v.Actor, []string{r.PathValue("id")})
	if err != nil {
		return view{}, err
	}
	if n == 0 {
		return goTo("/tokens", "Nothing changed: it was revoked already."), nil
	}
	return goTo("/tokens", "Revoked. It opens nothing any more."), nil
}
