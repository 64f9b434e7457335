package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// The ways in.
const (
	ByOIDC  = "oidc"
	ByLink  = "link"
	ByToken = "token"
)

// The roles that a session can have come with.
const (
	RoleAdmin   = "admin"
	RoleAuditor = "auditor"
)

// Session is somebody who is logged in.
type Session struct {
	// ID is public: lists and the audit log name the session by it.
	ID string
	// Name is the audit log's name of who has no user: "operator:root". Way is how they
	// came in, Token the ID of the token that they showed, "" for none.
	Name, Way, Token string
	// UserN is 0 for a local administrator.
	UserN int64
	// Hash is the SHA-256 of what the cookie holds.
	Hash [sha256.Size]byte
	// Roles are what the hub's own groups gave at the login: the session ends when one
	// of them is gone. Claimed are those that the provider's claims gave: they last as
	// long as the session.
	Roles, Claimed []string
	// Subject and SID are what the provider calls the person (sub) and its own session
	// (sid), Hint is its ID token, which it wants to see when they log out there.
	Subject, SID, Hint string

	Created, LastSeen, Expires time.Time
	// EndedAt is zero while nobody has ended it; EndedWhy says what did.
	EndedAt  time.Time
	EndedWhy string
}

// Why sessions end; the audit log has these words.
const (
	EndLogout   = "logged out"
	EndAgain    = "logged in again"
	EndLife     = "it had lasted as long as sessions may"
	EndIdle     = "nobody used it"
	EndPerson   = "who it was of is not active any more"
	EndRole     = "a role was gone"
	EndToken    = "its token was revoked or had expired"
	EndProvider = "logged out at the provider"
	EndOrdered  = "ended by order"
)

// over says why a session cannot be used at a time, "" where it can.
func (s *Session) over(now time.Time, idle time.Duration) string {
	switch {
	case !s.EndedAt.IsZero():
		return s.EndedWhy
	case !now.Before(s.Expires):
		return EndLife
	case now.Sub(s.LastSeen) >= idle:
		return EndIdle
	}
	return ""
}

const (
	idBytes     = 8
	secretBytes = 32
)

// secret returns 32 random bytes as text for a cookie or a link, and their hash.
func secret(rand io.Reader) (text string, hash [sha256.Size]byte, err error) {
	var raw [secretBytes]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", hash, fmt.Errorf("read random bytes: %w", err)
	}
	text = base64.RawURLEncoding.EncodeToString(raw[:])
	return text, sha256.Sum256([]byte(text)), nil
}

// publicID returns the public name of a session.
func publicID(rand io.Reader) (string, error) {
	var raw [idBytes]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return hex.EncodeToString(raw[:]), nil
}

// Key is what the forms of a session are signed with. It follows from the cookie, so
// that no database holds it.
func Key(cookie string) []byte {
	key := sha256.Sum256([]byte("form\x00" + cookie))
	return key[:]
}
