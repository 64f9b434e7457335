package signals

import (
	"encoding/json"
	"fmt"
	"time"
)

// Token is what is settled at delivery: who says it, to whom, under which
// identifier.
type Token struct {
	ID, Issuer, Audience string
	IssuedAt             time.Time
}

// Claims completes a payload to the claims of a token. The same arguments give
// the same bytes, so that a token that is sent again is the same one. There is no
// sub and no exp, which would make it look like a token that lets somebody in.
func Claims(payload []byte, t Token) ([]byte, error) {
	claims := map[string]json.RawMessage{}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, fmt.Errorf("read the signal %s: %w", t.ID, err)
	}
	for name, value := range map[string]any{"jti": t.ID, "iss": t.Issuer, "aud": t.Audience, "iat": t.IssuedAt.Unix()} {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("write the signal %s: %w", t.ID, err)
		}
		claims[name] = text
	}
	return json.Marshal(claims)
}
