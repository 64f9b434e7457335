package signin

import (
	"context"
	"crypto/sha256"
	"io"
	"strings"
	"time"

	"birthright/audit"
	"birthright/identity"
)

// LinkLife is how long a one-time link is good for.
const LinkLife = 15 * time.Minute

// LinkPath is where a one-time link leads.
const LinkPath = "/login/once"

// Link logs somebody in once.
type Link struct {
	// Hash is the SHA-256 of the code in the link.
	Hash [sha256.Size]byte
	// UserN is who gets in by it; 0: the local administrator of that Name,
	// "operator:root".
	UserN                    int64
	Name                     string
	Created, Expires, UsedAt time.Time
}

// NewLink makes a link and the address that is given to whoever is to use it, below the
// hub's own.
func NewLink(rand io.Reader, publicURL string, userN int64, name string, now time.Time) (address string, l Link, err error) {
	code, hash, err := secret(rand)
	l = Link{Hash: hash, UserN: userN, Name: name, Created: now, Expires: now.Add(LinkLife)}
	return strings.TrimSuffix(publicURL, "/") + LinkPath + "?code=" + code, l, err
}

// Made is the audit log's event of a link for whom subject names, made by an actor.
func (l Link) Made(actor, subject string) audit.Event {
	return audit.Event{Actor: actor, Action: "loginlink.made", Subject: subject, Detail: map[string]any{"expires_at": l.Expires.UTC().Format(time.RFC3339)}}
}

// ByCode lets in who brings the code of a link, and uses it up.
func (s *Service) ByCode(ctx context.Context, code string) (Entry, error) {
	l, err := s.Links.UseLink(ctx, sha256.Sum256([]byte(code)))
	why := ""
	switch {
	case identity.KindOf(err) == identity.NotFound:
		why = "there is no such link"
	case err != nil:
		return Entry{}, err
	case !l.UsedAt.IsZero():
		why = "the link was used before"
	case !s.Now().Before(l.Expires):
		why = "the link was too old"
	}
	if why != "" {
		return Entry{}, s.Refuse(ctx, &Refusal{Way: ByLink, Who: l.Name, Why: why, Said: "This link opens nothing: " + why + ". `birthright login-link` makes another."})
	}
	return s.enter(ctx, Session{Way: ByLink, UserN: l.UserN, Name: l.Name}, l.Name)
}
