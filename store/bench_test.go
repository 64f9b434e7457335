package store_test

import (
	"fmt"
	"testing"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// benchBatch is how many rows one transaction of a benchmark writes.
const benchBatch = 10_000

// rate reports rows per second.
func rate(b *testing.B, rows int) {
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op")
}

// onEach runs a benchmark on both kinds of database.
func onEach(b *testing.B, run func(b *testing.B, db *store.DB)) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) { run(b, open(b, databases[kind](b), store.Options{})) })
	}
}

func update(b *testing.B, db *store.DB, fn func(tx *store.Tx) error) {
	b.Helper()
	if err := db.Update(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func view(b *testing.B, db *store.DB, fn func(tx *store.Tx) error) {
	b.Helper()
	if err := db.View(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func attributes(i int) identity.Attributes {
	return identity.Attributes{
		"userName": {fmt.Sprint("user.name", i)}, "displayName": {fmt.Sprint("User Nämé ", i)}, "email": {fmt.Sprintf("user.name%d@acme.example", i)},
		"department": {fmt.Sprint("Department ", i%40)}, "team": {fmt.Sprint("Team ", i%400)}, "employeeNumber": {fmt.Sprint(i)},
		"manager": {fmt.Sprint("user.name", i/8)}, "title": {"Senior Engineer"}, "active": {"true"},
	}
}

func people(from int) []*identity.User {
	users := make([]*identity.User, benchBatch)
	for i := range users {
		a := attributes(from + i)
		users[i] = &identity.User{UserName: a.First("userName"), State: identity.Active, Attributes: a,
			Origins: map[string]string{"userName": "hr", "displayName": "hr", "email": "okta", "department": "hr", "team": "hr"}}
	}
	return users
}

func saveUsers(b *testing.B, db *store.DB, batches int) {
	for i := range batches {
		users := people(i * benchBatch)
		b.StartTimer()
		update(b, db, func(tx *store.Tx) error { return tx.SaveUsers(b.Context(), users) })
		b.StopTimer()
	}
}

func BenchmarkSaveUsers(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		b.StopTimer()
		saveUsers(b, db, b.N)
		rate(b, b.N*benchBatch)
	})
}

func BenchmarkSaveRecords(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		b.StopTimer()
		for n := range b.N {
			records := make([]*identity.Record, benchBatch)
			for i := range records {
				k := n*benchBatch + i
				records[i] = &identity.Record{Source: "hr", Key: fmt.Sprintf("key-%012d", k), Attributes: attributes(k), UserN: int64(k + 1)}
			}
			b.StartTimer()
			update(b, db, func(tx *store.Tx) error { return tx.SaveRecords(b.Context(), records) })
			b.StopTimer()
		}
		rate(b, b.N*benchBatch)
	})
}

func BenchmarkEachUser(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		b.StopTimer()
		saveUsers(b, db, 5)
		b.ResetTimer()
		rows := 0
		b.StartTimer()
		for range b.N {
			view(b, db, func(tx *store.Tx) error {
				return tx.EachUser(b.Context(), func(identity.User) error { rows++; return nil })
			})
		}
		rate(b, rows)
	})
}

func memberships(from int) []store.MembershipRow {
	rows := make([]store.MembershipRow, 5*benchBatch)
	for i := range rows {
		rows[i] = store.MembershipRow{UserN: int64(from + i/10), GroupN: int64(i%10*37 + i/10%50), CausesN: 1, Since: 1}
	}
	return rows
}

func BenchmarkChangeMemberships(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		b.StopTimer()
		written := 0
		for n := range b.N {
			rows := memberships(n * benchBatch)
			b.StartTimer()
			update(b, db, func(tx *store.Tx) error { return tx.ChangeMemberships(b.Context(), rows, nil) })
			b.StopTimer()
			written += len(rows)
		}
		rate(b, written)
	})
}

func BenchmarkEachMembership(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		for n := range 4 {
			update(b, db, func(tx *store.Tx) error { return tx.ChangeMemberships(b.Context(), memberships(n*benchBatch), nil) })
		}
		rows := 0
		for b.Loop() {
			view(b, db, func(tx *store.Tx) error {
				return tx.EachMembership(b.Context(), func(store.MembershipRow) error { rows++; return nil })
			})
		}
		rate(b, rows)
	})
}

func BenchmarkSaveAssignments(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		b.StopTimer()
		for n := range b.N {
			rows := make([]store.AssignmentRow, benchBatch)
			for i := range rows {
				rows[i] = store.AssignmentRow{TargetN: 1, UserN: int64(n*benchBatch+i) / 10, EntN: int64(i % 10), Managed: true}
			}
			b.StartTimer()
			update(b, db, func(tx *store.Tx) error { return tx.SaveAssignments(b.Context(), rows) })
			b.StopTimer()
		}
		rate(b, b.N*benchBatch)
	})
}

func BenchmarkAudit(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		b.StopTimer()
		for range b.N {
			events := make([]audit.Event, benchBatch)
			for i := range events {
				events[i] = audit.Event{Actor: "source:hr", Action: "user.changed", Subject: fmt.Sprint("user:", i), Run: "0199-run",
					Detail: map[string]any{"attributes": []string{"team", "title"}, "record": i}}
			}
			b.StartTimer()
			update(b, db, func(tx *store.Tx) error { return tx.Audit(b.Context(), events...) })
			b.StopTimer()
		}
		rate(b, b.N*benchBatch)
	})
}

// The event path: read one user, save it, enqueue and claim and finish its
// work, with audit events; three durable transactions.
func BenchmarkOneUserChange(b *testing.B) {
	onEach(b, func(b *testing.B, db *store.DB) {
		b.StopTimer()
		saveUsers(b, db, 2)
		b.ResetTimer()
		b.StartTimer()
		for n := range b.N {
			update(b, db, func(tx *store.Tx) error {
				u, err := tx.UserByName(b.Context(), fmt.Sprint("user.name", n%benchBatch))
				if err != nil {
					return err
				}
				if err := tx.SaveUsers(b.Context(), []*identity.User{&u}, audit.Event{Action: "user.changed"}); err != nil {
					return err
				}
				return tx.EnqueueWork(b.Context(), []store.Work{{UserN: u.N}})
			})
			var work []store.Work
			update(b, db, func(tx *store.Tx) (err error) {
				work, err = tx.ClaimWork(b.Context(), 10, time.Minute)
				return err
			})
			update(b, db, func(tx *store.Tx) error { return tx.FinishWork(b.Context(), work) })
		}
	})
}
