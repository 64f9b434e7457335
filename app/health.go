package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// readyWithin is how long what is looked at for /readyz may take.
const readyWithin = 2 * time.Second

// healthy answers as long as the process can answer at all.
func (a *App) healthy(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready answers 200 while requests may be sent here, and 503 with what failed: the
// database does not answer or has other tables than this program, there is no policy, or
// the hub is being stopped. It tells which policy is in force, and when a newer one was
// refused: the old one works, so that is no reason to send requests elsewhere.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	detail, failed := map[string]string{"status": "ok"}, false
	for _, c := range a.readiness() {
		detail[c.name] = "ok"
		if fault := c.fault(ctx); fault != "" {
			detail[c.name], failed = fault, true
		}
	}
	if inForce := a.policy.loaded.Load(); inForce != nil {
		detail["policy"] = inForce.version()
	}
	if r := a.policy.refusal.Load(); r != nil {
		detail["policy_reload"] = "failed at " + r.at.UTC().Format(time.RFC3339) + ": the policy before it stays in force"
	}
	if failed {
		detail["status"] = "not ready"
		a.Log.Warn("not ready", "database", detail["database"], "schema", detail["schema"], "policy", detail["policy"], "serving", detail["serving"])
		answer(w, http.StatusServiceUnavailable, detail)
		return
	}
	answer(w, http.StatusOK, detail)
}

// readyCheck is one thing that must hold; its fault says in a few words, without anything
// of the inside, why it does not.
type readyCheck struct {
	name  string
	fault func(ctx context.Context) string
}

func (a *App) readiness() []readyCheck {
	return []readyCheck{
		{"database", func(ctx context.Context) string { return a.failure("the database does not answer", a.Store.Ping(ctx)) }},
		{"schema", func(ctx context.Context) string {
			return a.failure("the database's tables are not those of this program", a.Store.CheckSchema(ctx))
		}},
		{"policy", func(context.Context) string {
			if a.policy.loaded.Load() == nil {
				return "no policy is loaded"
			}
			return ""
		}},
		{"serving", func(context.Context) string {
			if a.stopping.Load() {
				return "the hub is being stopped"
			}
			return ""
		}},
	}
}

// failure is what to say to strangers of an error; the log has it whole.
func (a *App) failure(say string, err error) string {
	if err == nil {
		return ""
	}
	a.Log.Error("not ready", "error", err)
	return say
}

func answer(w http.ResponseWriter, status int, detail map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(detail)
}
