package reconcile_test

import (
	"context"
	"testing"
	"time"

	"birthright/grants"
	"birthright/reconcile"
	"birthright/store"
)

func handingOver(o *reconcile.Options) {
	o.Overlap = reconcile.Overlap{For: 48 * time.Hour, Risks: []string{"", "low"}}
}

func (h *hub) overlaps() (out []grants.Grant) {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.Grants(ctx, store.GrantFilter{Kind: grants.KindOverlap})
		return err
	})
	return out
}

func TestMoversKeepWhatTheyHadForAWhile(t *testing.T) {
	h := newHub(t, company, handingOver)
	h.join("ada", "department", "Engineering")
	h.full()
	h.pass(time.Hour)
	h.change("ada", "department", "Sales")
	h.steps()
	h.onApp("ada: group/all group/engineers group/sellers")
	kept := h.overlaps()
	if len(kept) != 1 || kept[0].Group != "engineering" || kept[0].EndsAt.Sub(noon).Round(time.Hour) != 49*time.Hour {
		t.Fatalf("kept: %+v", kept)
	}
	h.full()
	h.quiet()
	h.pass(49 * time.Hour)
	h.full()
	h.onApp("ada: group/all group/sellers")
	h.onWiki("ada: space/welcome")
	h.quiet()
	if len(h.overlaps()) != 1 {
		t.Error("it was kept again")
	}
	h.orderly()
}

func TestWhatMoversDoNotKeep(t *testing.T) {
	risky := `
groups:
  - {name: everybody, access: ["app:group/all"]}
  - {name: engineering, risk: high, access: ["app:group/engineers"]}
  - {name: sales, access: ["app:group/sellers"]}
  - {name: legal, access: ["app:group/lawyers"]}
rules:
  - {name: everybody, when: "true", groups: [everybody]}
  - {name: engineers, when: user.department == "Engineering", groups: [engineering]}
  - {name: sellers, when: user.department == "Sales", groups: [sales]}
  - {name: lawyers, when: user.department == "Legal", groups: [legal]}
constraints:
  - {name: apart, conflict: [sales, legal], mode: enforce}
`
	for name, c := range map[string]struct {
		from   string
		change func(h *hub)
		want   string
	}{
		"of high risk":            {"Engineering", func(h *hub) { h.change("ada", "department", "Sales") }, "ada: group/all group/sellers"},
		"kept apart from the new": {"Sales", func(h *hub) { h.change("ada", "department", "Legal") }, "ada: group/all group/lawyers"},
		"a rule that was taken out": {"Sales", func(h *hub) {
			h.setPolicy(`groups: [{name: everybody, access: ["app:group/all"]}, {name: sales, access: ["app:group/sellers"]}]
rules: [{name: everybody, when: "true", groups: [everybody]}]`)
		}, "ada: group/all"},
		"of somebody who has left": {"Sales", func(h *hub) { h.change("ada", "department", "Legal"); h.leave("ada") }, "-ada:"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, risky, handingOver)
			h.join("ada", "department", c.from)
			h.full()
			h.pass(time.Hour)
			c.change(h)
			h.full()
			h.release()
			h.full()
			h.onApp(c.want)
			if kept := h.overlaps(); len(kept) != 0 {
				t.Errorf("kept: %+v", kept)
			}
		})
	}
}

func TestWhatIsTakenBackEarlyIsNotKeptAgain(t *testing.T) {
	h := newHub(t, company, handingOver)
	h.join("ada", "department", "Engineering")
	h.full()
	h.pass(time.Hour)
	h.change("ada", "department", "Sales")
	h.full()
	g := h.overlaps()[0]
	h.update(func(ctx context.Context, tx *store.Tx) error {
		g.Stop(grants.OverRevoked, "user:boss", "not needed", tx.Now())
		if err := tx.SaveGrants(ctx, []*grants.Grant{&g}); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, []store.Work{{UserN: g.UserN, Removal: true}})
	})
	h.steps()
	h.full()
	h.onApp("ada: group/all group/sellers")
	if len(h.overlaps()) != 1 {
		t.Error("it was kept again")
	}
	h.quiet()
}
