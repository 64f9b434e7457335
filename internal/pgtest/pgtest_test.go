package pgtest

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestEachTestHasItsOwnPreparedDatabase(t *testing.T) {
	ctx := t.Context()
	server := New(func(ctx context.Context, url string) error {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, "CREATE TABLE things (n int)")
		return err
	})
	t.Cleanup(server.Stop)
	for range 2 {
		t.Run("database", func(t *testing.T) {
			conn, err := pgx.Connect(ctx, server.URL(t))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(ctx)
			var n int
			if _, err := conn.Exec(ctx, "INSERT INTO things VALUES (1)"); err != nil {
				t.Fatal(err)
			}
			if err := conn.QueryRow(ctx, "SELECT count(*) FROM things").Scan(&n); err != nil || n != 1 {
				t.Errorf("%d rows, %v: the database is not the test's own", n, err)
			}
		})
	}
	t.Run("empty", func(t *testing.T) {
		conn, err := pgx.Connect(ctx, server.EmptyURL(t))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, "SELECT * FROM things"); err == nil {
			t.Error("the empty database has the prepared table")
		}
	})
	server.Stop()
	if _, err := os.Stat(server.dir); !os.IsNotExist(err) {
		t.Errorf("the server's folder is still there: %v", err)
	}
}
