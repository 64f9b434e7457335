package hub

import (
	"context"
	"errors"
	"io"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
)

// Evidence is an archive that was made.
type Evidence struct {
	File     string     `json:"file"`
	From     time.Time  `json:"from"`
	Until    time.Time  `json:"until"`
	Manifest audit.Hash `json:"manifest_sha256"`
	SHA256   audit.Hash `json:"sha256"`
	NotRead  []string   `json:"targets_not_read"`
}

// Evidence writes the archive of a period to w, and its sums into the audit log under a
// name. One is made at a time. Until is now where it is zero.
func (h *Hub) Evidence(ctx context.Context, a approval.Actor, from, until time.Time, name string, w io.Writer) (*Evidence, error) {
	by := ""
	err := h.view(ctx, a, func(s *session) error {
		by = s.Actor.Name
		return s.may(rights.MakeEvidence, rights.Relation{})
	})
	if err != nil {
		return nil, err
	}
	select {
	case h.archives <- struct{}{}:
		defer func() { <-h.archives }()
	default:
		return nil, &identity.Error{Kind: identity.Throttled, Op: "make evidence", Err: errors.New("another archive is being made: one at a time, try again when it is done")}
	}
	if until.IsZero() {
		until = h.Now()
	}
	return h.Reporter.Evidence(ctx, from, until, by, name, w)
}
