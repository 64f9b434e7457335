package app

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/audit"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews/evidence"
	"birthright/store"
	"birthright/store/storetest"
)

// past is a hub with a clock of the test's own.
type past struct {
	*testing.T
	app *App
	at  time.Time
}

func newPast(t *testing.T) *past {
	p := &past{T: t, at: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	db, err := store.Open(t.Context(), "sqlite:"+storetest.SQLite(t), store.Options{Migrate: true, Now: func() time.Time { return p.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p.app = &App{Store: db, Options: Options{Actor: "operator:test", Now: func() time.Time { return p.at }}}
	return p
}

func (p *past) update(fn func(tx *store.Tx) error) {
	p.Helper()
	if err := p.app.Store.Update(p.Context(), fn); err != nil {
		p.Fatal(err)
	}
}

// moved is a user who moves after a day: from g to h.
func (p *past) moved() *identity.User {
	p.Helper()
	u := &identity.User{UserName: "ada", State: identity.Active, Attributes: identity.Attributes{"department": {"Sales"}}}
	p.update(func(tx *store.Tx) error {
		return tx.SaveUsers(p.Context(), []*identity.User{u}, audit.Event{Actor: "source:hr", Action: "user.created", Subject: "user:ada"})
	})
	change := func(to string, drop []store.Pair) {
		p.update(func(tx *store.Tx) error {
			n, err := tx.GroupNumbers(p.Context(), []string{"g", "h"}, true)
			if err != nil {
				return err
			}
			causes, err := tx.CauseSetNumber(p.Context(), []identity.Cause{{Kind: identity.CauseRule, Name: to}})
			if err != nil {
				return err
			}
			for i := range drop {
				drop[i].GroupN = n["g"]
			}
			row := store.MembershipRow{UserN: u.N, GroupN: n[to], CausesN: causes, Since: tx.Now().UnixMicro()}
			return tx.ChangeMemberships(p.Context(), []store.MembershipRow{row}, drop)
		})
	}
	change("g", nil)
	p.at = p.at.Add(24 * time.Hour)
	u.Attributes = identity.Attributes{"department": {"Legal"}}
	p.update(func(tx *store.Tx) error { return tx.SaveUsers(p.Context(), []*identity.User{u}) })
	change("h", []store.Pair{{UserN: u.N}})
	p.at = p.at.Add(24 * time.Hour)
	return u
}

func TestUserAtAMoment(t *testing.T) {
	p := newPast(t)
	start := p.at
	u := p.moved()
	got := map[string]string{}
	err := p.app.Store.View(t.Context(), func(tx *store.Tx) error {
		for name, at := range map[string]time.Time{"first": start, "before": start.Add(24*time.Hour - time.Microsecond), "moved": start.Add(24 * time.Hour), "now": p.at} {
			then, err := hub.UserAt(t.Context(), tx, *u, at)
			if err != nil {
				return err
			}
			got[name] = then.Department
			for _, m := range then.Memberships {
				got[name] += " " + m.Group + " " + m.Causes[0].Name
			}
		}
		if _, err := hub.UserAt(t.Context(), tx, *u, start.Add(-time.Second)); identity.KindOf(err) != identity.NotFound {
			t.Errorf("before the first: %v", err)
		}
		if _, err := hub.UserAt(t.Context(), tx, *u, p.at.Add(time.Second)); identity.KindOf(err) != identity.Invalid {
			t.Errorf("in the future: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"first": "Sales g g", "before": "Sales g g", "moved": "Legal h h", "now": "Legal h h"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// An archive of a time that is over is the same whenever it is made.
func TestEvidenceTellsNothingOfWhatCameLater(t *testing.T) {
	p := newPast(t)
	start := p.at
	p.moved()
	pack := func(name string) []byte {
		t.Helper()
		var b bytes.Buffer
		if _, err := p.app.Evidence(context.Background(), start.Add(-time.Hour), start.Add(time.Hour), "operator:test", name, &b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	one := pack("one.zip")
	p.at = p.at.Add(time.Hour)
	p.update(func(tx *store.Tx) error {
		return tx.Audit(t.Context(), audit.Event{Actor: "hub", Action: "x.y", Subject: "user:ada"})
	})
	if !bytes.Equal(one, pack("two.zip")) {
		t.Error("the archive changed with what came after its period")
	}
	v, err := evidence.Verify(bytes.NewReader(one), int64(len(one)))
	if err != nil || !v.OK {
		t.Errorf("%+v, %v", v, err)
	}
}
