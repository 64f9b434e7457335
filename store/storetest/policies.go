package storetest

import (
	"encoding/json"
	"strings"
	"time"

	"birthright/store"
)

var policyCases = []Case{
	{
		Name: "every loading of a policy is kept, numbered and found",
		Why:  "memberships name the loading that gave them by its number; a gap or a second row under one number would be another policy",
		Run: func(h *Hub) {
			a, b, again := h.keepPolicy("a1"), h.keepPolicy("b2"), h.keepPolicy("a1")
			h.same("numbers", []int64{a.N, b.N, again.N}, []int64{1, 2, 3})
			h.same("times", []time.Time{a.LoadedAt, again.LoadedAt}, []time.Time{epoch, epoch.Add(2 * time.Minute)})
			h.view(func(tx *store.Tx) error {
				all, err := tx.Policies(h.Context(), 0)
				h.must(err)
				h.same("all, newest first", all, bare(again, b, a))
				newest, err := tx.Policies(h.Context(), 2)
				h.must(err)
				h.same("two of them", newest, bare(again, b))
				some, err := tx.PoliciesByN(h.Context(), []int64{3, 1, 0, 9})
				h.must(err)
				h.same("by number", some, bare(a, again))
				n, err := tx.PolicyNumber(h.Context(), a.Hash)
				h.must(err)
				h.same("the last loading of a hash", n, int64(3))
				n, err = tx.PolicyNumber(h.Context(), "cc")
				h.same("of one that was not kept", n, int64(0))
				return err
			})
		},
	},
	{
		Name: "a policy is found by the beginning of its hash",
		Why:  "people copy the short form, or the first few characters of it",
		Run: func(h *Hub) {
			a, b, f := h.keepPolicy("a1"), h.keepPolicy("a2"), h.keepPolicy("ff")
			h.view(func(tx *store.Tx) error {
				for prefix, want := range map[string][]store.PolicyRow{
					"a": bare(b, a), "a1": bare(a), "f": bare(f), f.Hash: bare(f), "": bare(f, b, a), "b": nil, "a%": nil, "a\x00": nil,
				} {
					found, err := tx.PoliciesByHash(h.Context(), prefix)
					h.must(err)
					h.same("by "+prefix, found, want)
				}
				return nil
			})
		},
	},
	{
		Name: "the files of a policy come back to the letter",
		Why:  "they are the evidence of what was in force",
		Run: func(h *Hub) {
			files := []store.PolicyFile{
				{Name: "policies/größe.yaml", Text: "# <&> \u2028\r\n\tgroups: [{name: a}]  \n"}, {Name: "empty.yaml"},
				{Name: "long.yaml", Text: strings.Repeat("- {name: x}\n", 20_000)},
			}
			row := store.PolicyRow{Hash: "ab", Files: files}
			h.update(func(tx *store.Tx) error { return tx.KeepPolicy(h.Context(), &row) })
			h.view(func(tx *store.Tx) error {
				found, err := tx.PolicyFiles(h.Context(), row.N)
				h.must(err)
				h.same("files", found, files)
				none, err := tx.PolicyFiles(h.Context(), 7)
				h.same("files of none", none, []store.PolicyFile(nil))
				rows, err2 := tx.Policies(h.Context(), 1)
				h.must(err2)
				h.same("changes that cannot be told", rows[0].Changes, json.RawMessage(nil))
				return err
			})
		},
	},
	{
		Name: "a policy is kept with its event, or neither",
		Why:  "a policy in force that the log does not know could have given anything to anybody",
		Run: func(h *Hub) {
			row := store.PolicyRow{Hash: "ab"}
			_ = h.DB.Update(h.Context(), func(tx *store.Tx) error {
				h.must(tx.KeepPolicy(h.Context(), &row, event("policy.loaded")))
				return errPlanned
			})
			h.same("kept", len(h.policies()), 0)
			h.verify(0)
			h.update(func(tx *store.Tx) error { return tx.KeepPolicy(h.Context(), &row, event("policy.loaded")) })
			h.same("number after one that failed", h.policies()[0].N, int64(1))
			h.verify(1)
			err := h.DB.View(h.Context(), func(tx *store.Tx) error { return tx.KeepPolicy(h.Context(), &row) })
			if err == nil {
				h.Error("a transaction that reads kept a policy")
			}
		},
	},
}

// keepPolicy keeps a loading a minute after the last one.
func (h *Hub) keepPolicy(hash string) store.PolicyRow {
	h.Helper()
	row := store.PolicyRow{
		Hash: hash + strings.Repeat("0", 62), LoadedBy: "operator:test", Groups: 3, Rules: 4, Changes: json.RawMessage(`[{"kind":"rule"}]`),
		Files: []store.PolicyFile{{Name: "policy.yaml", Text: "# " + hash}},
	}
	h.update(func(tx *store.Tx) error { return tx.KeepPolicy(h.Context(), &row) })
	h.pass(time.Minute)
	return row
}

func (h *Hub) policies() (rows []store.PolicyRow) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { rows, err = tx.Policies(h.Context(), 0); return err })
	return rows
}

// bare are loadings as lists have them: without files.
func bare(rows ...store.PolicyRow) []store.PolicyRow {
	for i := range rows {
		rows[i].Files = nil
	}
	return rows
}
