package store_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"birthright/identity"
	"birthright/store"
)

// BenchmarkUserPages measures pages of a directory of $BIRTHRIGHT_BENCH_USERS people
// (100,000 unless it says otherwise): the p95 of each question.
func BenchmarkUserPages(b *testing.B) {
	people := 100_000
	if n, err := strconv.Atoi(os.Getenv("BIRTHRIGHT_BENCH_USERS")); err == nil {
		people = n
	}
	onEach(b, func(b *testing.B, db *store.DB) {
		saveUsers(b, db, people/benchBatch)
		last := fmt.Sprint("user.name", people-1)
		for _, q := range []struct {
			name string
			f    store.UserFilter
		}{
			{"first", store.UserFilter{}},
			{"deep", store.UserFilter{After: last[:len(last)-2]}},
			{"department", store.UserFilter{Department: "Department 7"}},
			{"department deep", store.UserFilter{Department: "Department 7", After: "user.name7"}},
			{"team", store.UserFilter{Team: "Team 77"}},
			{"state of all", store.UserFilter{State: identity.Active}},
			{"state of nobody", store.UserFilter{State: identity.Left}},
			{"department and state of nobody", store.UserFilter{Department: "Department 7", State: identity.Left}},
			{"search common", store.UserFilter{Search: "acme"}},
			{"search for one", store.UserFilter{Search: "name" + strconv.Itoa(people-1) + "@"}},
			{"search for nobody", store.UserFilter{Search: "zebra"}},
			{"search in a department", store.UserFilter{Department: "Department 7", Search: "zebra"}},
		} {
			b.Run(q.name, func(b *testing.B) {
				q.f.Limit = 51
				var took []time.Duration
				for b.Loop() {
					began := time.Now()
					view(b, db, func(tx *store.Tx) error { _, err := tx.Users(b.Context(), q.f); return err })
					took = append(took, time.Since(began))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			})
		}
	})
}
