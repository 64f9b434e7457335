package signin

import (
	"context"

	"birthright/audit"
)

// Refusal is somebody who was not let in. Said is what they are told, Why what the logs
// say.
type Refusal struct {
	Way, Said, Why string
	// Who is what they called themselves or were called: a claim, the ID of a token;
	// "" where nothing is known.
	Who string
}

// Error says why.
func (r *Refusal) Error() string { return "login refused: " + r.Why }

// Refuse notes a refusal in both logs and returns it.
func (s *Service) Refuse(ctx context.Context, r *Refusal) error {
	s.Log.Warn("login refused", "way", r.Way, "who", r.Who, "reason", r.Why)
	passed, ok := s.refusals.take(s.Now())
	if !ok {
		return r
	}
	detail := map[string]any{"way": r.Way, "why": r.Why}
	if r.Who != "" {
		detail["who"] = r.Who
	}
	if passed > 0 {
		detail["not_noted_before"] = passed
	}
	if err := s.Links.Refused(ctx, audit.Event{Actor: "hub", Action: "login.refused", Subject: "console", Detail: detail}); err != nil {
		s.Log.Error("a refused login could not be noted", "error", err)
	}
	return r
}
