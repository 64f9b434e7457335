package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// event is one record of the audit log.
type event struct {
	Seq                         int64
	Actor, Action, Subject, Run string
	Detail                      map[string]any
}

// chronicle reads the whole log.
func (h *hub) chronicle(t *testing.T) []event {
	t.Helper()
	var out []event
	for line := range strings.Lines(h.must(t, exitDone, "audit export").stdout) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("audit export: %v in %s", err, line)
		}
		if e.Seq > 0 {
			out = append(out, e)
		}
	}
	return out
}

// proven checks that the log is whole and that every change on a target has its
// intent before its outcome, and both exactly once.
func (h *hub) proven(t *testing.T) []event {
	t.Helper()
	var verdict struct {
		OK      bool
		Records int64
	}
	h.mustJSON(t, exitDone, "audit verify", &verdict)
	log := h.chronicle(t)
	if !verdict.OK || verdict.Records != int64(len(log)) {
		t.Fatalf("audit verify: ok %v, %d records; the export has %d", verdict.OK, verdict.Records, len(log))
	}
	intents, outcomes := map[string]int{}, map[string]int{}
	var faults []string
	defer func() {
		if len(faults) > 0 {
			t.Fatalf("the log does not prove what was done; %d faults, the first: %s", len(faults), strings.Join(faults[:min(3, len(faults))], "\n"))
		}
	}()
	for _, e := range log {
		key := fmt.Sprintf("run %s, target %v, change %v", e.Run, e.Detail["target"], e.Detail["change"])
		switch e.Action {
		case "change.intent":
			intents[key]++
		case "change.outcome":
			if intents[key] == 0 {
				faults = append(faults, fmt.Sprintf("an outcome without an intent before it: %s: %v", key, e.Detail))
			}
			outcomes[key]++
		}
	}
	for key, n := range intents {
		if n != 1 || outcomes[key] != 1 {
			faults = append(faults, fmt.Sprintf("%s: %d intents and %d outcomes, want one of each", key, n, outcomes[key]))
		}
	}
	return log
}
