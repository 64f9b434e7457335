package facts

import "testing"

// FuzzRead: whatever a file says, it is understood or told what is wrong with it,
// with a place, and never both.
func FuzzRead(f *testing.F) {
	f.Add("kind,name,person,start,end\nshift,primary,ada,2026-11-30T08:00:00Z,2026-11-30T20:00:00Z\n", 0)
	f.Add("- {kind: ticket, name: ops, key: T-1, person: bob, start: 2026-11-30}\n- {kind: shft}\n", 1)
	f.Add(`[{"kind":"shift","name":"x","person":"y"}]`, 2)
	f.Fuzz(func(t *testing.T, text string, form int) {
		file := []string{"f.csv", "f.yaml", "f.json"}[uint(form)%3]
		rows, err := reader(file)(file, []byte(text))
		if err != nil {
			return
		}
		facts, faults := understood(file, rows)
		if len(facts) != len(rows) {
			t.Errorf("%d rows, %d facts", len(rows), len(facts))
		}
		for _, fault := range faults {
			if fault.Message == "" || fault.Line < 1 {
				t.Errorf("a fault without a place or a message: %+v", fault)
			}
		}
	})
}
