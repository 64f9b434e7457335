package google

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
)

// The scopes, each the least that its work needs.
const (
	scopeUsers      = "https://www.googleapis.com/auth/admin.directory.user"
	scopeUsersRead  = "https://www.googleapis.com/auth/admin.directory.user.readonly"
	scopeGroups     = "https://www.googleapis.com/auth/admin.directory.group"
	scopeGroupsRead = "https://www.googleapis.com/auth/admin.directory.group.readonly"
	scopeMembers    = "https://www.googleapis.com/auth/admin.directory.group.member"
	scopeDrive      = "https://www.googleapis.com/auth/drive"
)

// directoryScopes are those that this configuration needs of the Directory API.
func (c *Config) directoryScopes() []string {
	users := scopeUsersRead
	if c.Users.Manage {
		users = scopeUsers
	}
	if c.Groups.Create || c.Drives.Create {
		return []string{users, scopeGroups} // that of groups includes their members
	}
	return []string{users, scopeGroupsRead, scopeMembers}
}

// tokenURL is where Google's service accounts get their tokens.
const tokenURL = "https://oauth2.googleapis.com/token"

// serviceAccount gets tokens with a service account's key, to act as subject.
type serviceAccount struct {
	credentials secret.Ref
	subject     string
	scopes      []string
}

// keyFile is what Google hands out as the JSON key of a service account.
type keyFile struct {
	Type         string `json:"type"`
	ClientEmail  string `json:"client_email"`
	ClientID     string `json:"client_id"`
	PrivateKey   string `json:"private_key"`
	PrivateKeyID string `json:"private_key_id"`
	TokenURI     string `json:"token_uri"`
}

// Fingerprint tells who acts as whom: these share Google's limits, whatever they ask for.
func (s serviceAccount) Fingerprint() string { return s.credentials.Reference() + "\x00" + s.subject }

// Authorise signs an assertion and gets a token for it.
func (s serviceAccount) Authorise(ctx context.Context, via httpkit.Exchange) (httpkit.Authorisation, error) {
	key, err := s.key(ctx, via.Dir)
	if err != nil {
		return httpkit.Authorisation{}, err
	}
	return httpkit.JWTBearer{
		TokenURL: key.TokenURI, Issuer: key.ClientEmail, Subject: s.subject, Audience: key.TokenURI,
		Key: secret.Value(key.PrivateKey), KeyID: key.PrivateKeyID, Scopes: s.scopes,
	}.Authorise(ctx, via)
}

// key reads the key file. Its token endpoint must be https: what is sent there
// stands for the administrator.
func (s serviceAccount) key(ctx context.Context, dir string) (keyFile, error) {
	text, err := s.credentials.Reveal(ctx, dir)
	if err != nil {
		return keyFile{}, err
	}
	var key keyFile
	wrong := func(what string) error {
		return &identity.Error{Kind: identity.Invalid, Op: "read secret", Object: s.credentials.Reference(), Err: errors.New(what),
			Hint: "make a key of type JSON for the service account in the Google Cloud console"}
	}
	if json.Unmarshal([]byte(text), &key) != nil {
		return keyFile{}, wrong("it is not JSON")
	}
	if key.TokenURI == "" {
		key.TokenURI = tokenURL
	}
	switch {
	case key.Type != "service_account" || key.ClientEmail == "" || key.PrivateKey == "":
		return keyFile{}, wrong("it is not the key of a service account")
	case !strings.HasPrefix(key.TokenURI, "https://"):
		return keyFile{}, wrong("its token_uri is not https")
	}
	return key, nil
}

// clientID is what a super administrator allows scopes to, for messages.
func (s serviceAccount) clientID(ctx context.Context, dir string) string {
	key, err := s.key(ctx, dir)
	switch {
	case err != nil:
		return "the service account"
	case key.ClientID == "":
		return key.ClientEmail
	}
	return key.ClientID
}
