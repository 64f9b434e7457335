package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"birthright/identity"
	"birthright/internal/httpkit"
)

// identities asks for what people are called at the organisation's identity provider:
// the only thing by which GitHub tells employees apart that a company knows too. It is
// to be had over GraphQL alone.
const identities = `query($org: String!, $login: String, $first: Int!, $after: String) {
  organization(login: $org) { samlIdentityProvider {
    externalIdentities(first: $first, after: $after, login: $login, membersOnly: true) {
      pageInfo { hasNextPage endCursor }
      nodes { samlIdentity { nameId } user { databaseId } }
    }
  } }
}`

type identityPage struct {
	Data struct {
		Organization struct {
			Provider *struct {
				Identities struct {
					PageInfo struct {
						More bool   `json:"hasNextPage"`
						End  string `json:"endCursor"`
					} `json:"pageInfo"`
					Nodes []struct {
						SAML *struct {
							NameID string `json:"nameId"`
						} `json:"samlIdentity"`
						User *struct {
							ID int64 `json:"databaseId"`
						} `json:"user"`
					} `json:"nodes"`
				} `json:"externalIdentities"`
			} `json:"samlIdentityProvider"`
		} `json:"organization"`
	} `json:"data"`
	Errors []struct {
		Message string `json:"message"`
	} `json:"errors"`
}

// nameIDs returns what people are called at the identity provider, by their number:
// everybody, or the one with a login.
func (t *Target) nameIDs(ctx context.Context, login string) (map[int64]string, error) {
	out, asked := map[int64]string{}, map[string]bool{}
	for after := ""; ; {
		page, err := t.identityPage(ctx, login, after)
		if err != nil {
			return nil, err
		}
		found := page.Data.Organization.Provider.Identities
		for _, n := range found.Nodes {
			if n.User != nil && n.SAML != nil && n.SAML.NameID != "" {
				out[n.User.ID] = n.SAML.NameID
			}
		}
		if !found.PageInfo.More {
			return out, nil
		}
		if after = found.PageInfo.End; asked[after] || after == "" {
			return nil, notIdentified(identity.Incomplete, errors.New("GitHub offered a page again that was read already"))
		}
		asked[after] = true
	}
}

// identityPage asks for one page. GraphQL tells what went wrong in a success.
func (t *Target) identityPage(ctx context.Context, login, after string) (page identityPage, err error) {
	variables := map[string]any{"org": t.org, "first": t.page}
	for name, value := range map[string]string{"login": login, "after": after} {
		if value != "" {
			variables[name] = value
		}
	}
	_, err = t.client.JSON(ctx, httpkit.Request{Method: http.MethodPost, Path: "/graphql", Accept: media, Cost: readCost, Reads: true},
		map[string]any{"query": identities, "variables": variables}, &page)
	switch {
	case err != nil:
		return page, err
	case len(page.Errors) > 0:
		return page, notIdentified(identity.Denied, fmt.Errorf("GraphQL: %s", page.Errors[0].Message))
	case page.Data.Organization.Provider == nil:
		return page, notIdentified(identity.Invalid, errors.New("the organisation shows no SAML identity provider of its own"))
	}
	return page, nil
}

func notIdentified(kind identity.Kind, err error) error {
	return &identity.Error{Kind: kind, Op: "read SAML identities", Err: err,
		Hint: "take saml_name_id out of map, or see that the token is an owner's and the organisation has single sign-on of its own"}
}

// readNames notes what the people who were found are called at the identity provider.
func (r *reading) readNames() error {
	if r.t.fields.nameID == "" {
		return nil
	}
	logins := []string{""}
	if r.scoped {
		logins = nil
		for _, p := range r.people {
			logins = append(logins, p.Login)
		}
	}
	for _, login := range logins {
		names, err := r.t.nameIDs(r.ctx, login)
		if err != nil {
			return err
		}
		for id, name := range names {
			if p := r.people[id]; p != nil {
				p.nameID = name
			}
		}
	}
	return nil
}
