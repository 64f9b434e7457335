package api

import (
	"context"
	"errors"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
)

type tokenDesk interface {
	Tokens(ctx context.Context, a approval.Actor, q hub.TokenQuery) (hub.TokenList, error)
	CreateToken(ctx context.Context, a approval.Actor, w hub.TokenWish) (hub.NewToken, error)
	RevokeTokens(ctx context.Context, a approval.Actor, ids []string) (revoked int, err error)
}

// tokenQuestion selects tokens.
type tokenQuestion struct {
	Source string `query:"source" maxLength:"128"`
	User   string `query:"user" maxLength:"256"`
	Client string `query:"client" maxLength:"64" doc:"only those that this OAuth client got"`
	All    bool   `query:"all" doc:"also those that OAuth clients got"`
}

type creatingToken struct {
	Body struct {
		Source   string   `json:"source,omitempty" maxLength:"128" doc:"the source that pushes with it"`
		Receiver string   `json:"receiver,omitempty" maxLength:"128" doc:"the receiver that polls with it"`
		User     string   `json:"user,omitempty" maxLength:"256" doc:"the user who acts with it"`
		Role     string   `json:"role,omitempty" enum:"admin,auditor" doc:"the role of the program that uses it"`
		Only     []string `json:"only,omitempty" maxItems:"40" doc:"parts of the API that it is narrowed to; read: it changes nothing"`
		Expires  string   `json:"expires,omitempty" maxLength:"40" example:"90d" doc:"how long it is good for; 180d where it is left out"`
	}
}

type revokingTokens struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"1000" nullable:"false"`
	}
}

type tokensRevoked struct {
	Revoked int `json:"revoked" doc:"how many were not so already"`
}

func (s *server) mountTokens() {
	route(s, operation("tokens", http.MethodGet, "/tokens", "Tokens, without their secrets; of others only for administrators and auditors"),
		func(ctx context.Context, who approval.Actor, in *tokenQuestion) (*answer[hub.TokenList], error) {
			return answering(s.Hub.Tokens(ctx, who, hub.TokenQuery{Source: in.Source, User: in.User, Client: in.Client, All: in.All}))
		})
	create := operation("create-token", http.MethodPost, "/tokens", "Make a token; it is shown once. Takes no Idempotency-Key: an answer that is kept would be a secret that is kept")
	create.DefaultStatus = http.StatusCreated
	route(s, create, s.createToken)
	route(s, operation("revoke-tokens", http.MethodPost, "/tokens/revoke", "Make tokens useless at once: all of them or none"),
		func(ctx context.Context, who approval.Actor, in *revokingTokens) (*answer[tokensRevoked], error) {
			n, err := s.Hub.RevokeTokens(ctx, who, in.Body.IDs)
			return answering(tokensRevoked{n}, err)
		})
}

func (s *server) createToken(ctx context.Context, who approval.Actor, in *creatingToken) (*answer[hub.NewToken], error) {
	if len(caller(ctx).Only) > 0 {
		return nil, &identity.Error{Kind: identity.Denied, Err: errors.New("a token that is narrowed makes no others: they could do more than it")}
	}
	d, err := length("expires", in.Body.Expires)
	if err != nil {
		return nil, err
	}
	return answering(s.Hub.CreateToken(ctx, who, hub.TokenWish{
		Source: in.Body.Source, Receiver: in.Body.Receiver, User: in.Body.User, Role: in.Body.Role, Only: in.Body.Only, For: d,
	}))
}
