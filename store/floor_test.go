package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"birthright/identity"
	"birthright/internal/ids"
)

// BenchmarkFloor is what the driver alone needs for the rows of SaveUsers and
// ChangeMemberships, with the values made beforehand: what the others are to be
// compared with.
func BenchmarkFloor(b *testing.B) {
	const rows = 10_000
	for _, c := range []struct {
		into bulk
		fill func(i int, v []any)
	}{
		{bulk{"users", userColumns, ""}, func(i int, v []any) {
			name := fmt.Sprint("user.name", i)
			fillUser(&identity.User{N: int64(i), ID: ids.New(), UserName: name, State: identity.Active, Attributes: identity.Attributes{
				"userName": {name}, "displayName": {fmt.Sprint("User Nämé ", i)}, "email": {name + "@acme.example"}, "department": {fmt.Sprint("Department ", i%40)},
				"team": {fmt.Sprint("Team ", i%400)}, "employeeNumber": {fmt.Sprint(i)}, "manager": {fmt.Sprint("user.name", i/8)}, "title": {"Senior Engineer"}, "active": {"true"},
			}, Origins: map[string]string{"userName": "hr", "displayName": "hr", "email": "okta", "department": "hr", "team": "hr"}}, v)
		}},
		{bulk{"memberships", membershipColumns, ""}, func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4] = int64(i/10), int64(i%10*37+i/10%50), int64(1), int64(1), int64(0)
		}},
	} {
		b.Run(c.into.table, func(b *testing.B) {
			db, err := Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "hub.db"), Options{Migrate: true})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			b.StopTimer()
			width := len(c.into.columns)
			for n := range b.N {
				values := make([]any, rows*width)
				for i := range rows {
					c.fill(n*rows+i, values[i*width:(i+1)*width])
				}
				b.StartTimer()
				err := insertBare(b, db.writer.DB, c.into.insert()+c.into.rows(sizes[0]), values, sizes[0]*width)
				b.StopTimer()
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func insertBare(b *testing.B, db *sql.DB, statement string, values []any, chunk int) error {
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	prepared, err := tx.PrepareContext(b.Context(), statement)
	if err != nil {
		return err
	}
	for i := 0; i < len(values); i += chunk {
		if _, err := prepared.ExecContext(b.Context(), values[i:i+chunk]...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
