package store_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"birthright/internal/pgtest"
	"birthright/store"
	"birthright/store/storetest"
)

var postgres = pgtest.New(func(ctx context.Context, url string) error {
	_, err := store.Migrate(ctx, url, store.Options{})
	return err
})

func TestMain(m *testing.M) {
	if url := os.Getenv(holderURL); url != "" {
		if err := hold(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// databases are the kinds that the contract is run on: each URL is an empty,
// migrated database.
var databases = map[string]func(t testing.TB) string{
	"sqlite":   func(t testing.TB) string { return "sqlite:" + storetest.SQLite(t) },
	"postgres": func(t testing.TB) string { return postgres.URL(t) },
}

func open(t testing.TB, url string, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestContract(t *testing.T) {
	for kind, fresh := range databases {
		t.Run(kind, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, o store.Options) *store.DB { return open(t, fresh(t), o) })
		})
	}
}
