package storetest

import (
	"encoding/json"
	"time"

	"birthright/store"
)

var reportCases = []Case{{
	Name: "reports are kept with what they found",
	Why:  "the next one tells what is new since",
	Run: func(h *Hub) {
		made := func(kind, figures string) *store.ReportRow {
			r := &store.ReportRow{Kind: kind, At: h.now(), By: "user:ada", Policy: "p", Summary: json.RawMessage(figures), Lines: json.RawMessage(`["` + figures + `"]`)}
			h.update(func(tx *store.Tx) error { return tx.AddReport(h.Context(), r, event("report.made")) })
			h.pass(time.Hour)
			return r
		}
		a, _, c := made("creep", "1"), made("jit", "2"), made("creep", "3")
		h.view(func(tx *store.Tx) error {
			for limit, want := range map[int][]store.ReportRow{0: {*c, *a}, 1: {*c}} {
				got, err := tx.Reports(h.Context(), "creep", limit)
				h.must(err)
				for i := range want {
					want[i].Lines = nil
				}
				h.same("kept", got, want)
			}
			lines, err := tx.ReportLines(h.Context(), a.N)
			h.must(err)
			h.same("lines", string(lines), `["1"]`)
			none, err := tx.ReportLines(h.Context(), 99)
			h.same("none", string(none), "")
			return err
		})
	},
}}
