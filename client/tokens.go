package client

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
)

// Tokens lists tokens.
func (c Hub) Tokens(ctx context.Context, _ approval.Actor, q hub.TokenQuery) (out hub.TokenList, err error) {
	query := values("source", q.Source, "user", q.User, "client", q.Client)
	if q.All {
		query.Set("all", "true")
	}
	return out, c.get(ctx, "/tokens", query, &out)
}

// CreateToken makes a token.
func (c Hub) CreateToken(ctx context.Context, _ approval.Actor, w hub.TokenWish) (out hub.NewToken, err error) {
	body := map[string]any{}
	for name, value := range map[string]string{"source": w.Source, "receiver": w.Receiver, "user": w.User, "role": w.Role} {
		if value != "" {
			body[name] = value
		}
	}
	if len(w.Only) > 0 {
		body["only"] = w.Only
	}
	if w.For > 0 {
		body["expires"] = w.For.String()
	}
	return out, c.post(ctx, "/tokens", body, &out)
}

// RevokeTokens makes tokens useless at once: all of them or none.
func (c Hub) RevokeTokens(ctx context.Context, _ approval.Actor, ids []string) (revoked int, err error) {
	var out struct{ Revoked int }
	err = c.post(ctx, "/tokens/revoke", map[string]any{"ids": ids}, &out)
	return out.Revoked, err
}
