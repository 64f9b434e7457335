package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"birthright/bench/measure"
	"birthright/internal/pgtest"
)

// postgresTarget is how the hub reaches a PostgreSQL.
const postgresTarget = `{name: app, kind: postgres, url: "%s", ignore: [pg_*, birthright], roles: {create: true}, accounts: {create: true}}`

// perTransaction is how many statements the bare client sends at once.
const perTransaction = 500

// postgresTask has the hub make everybody's roles on a PostgreSQL, and a bare client
// on another.
func postgresTask(ctx context.Context, args []string) (measure.Result, error) {
	people, err := strconv.Atoi(args[0])
	if err != nil {
		return measure.Result{}, err
	}
	var result measure.Result
	err = withPostgres(func(url string) (err error) {
		h, done, err := openHub(ctx, fmt.Sprintf(postgresTarget, url), "role", people)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		began := time.Now()
		changes, err := syncWhole(ctx, h)
		result = measure.Since(began, map[string]int{"changes": changes})
		return err
	})
	if err != nil {
		return result, err
	}
	err = withPostgres(func(url string) error {
		began := time.Now()
		err := barePostgres(ctx, url, people)
		result.Figures = map[string]float64{"bare": time.Since(began).Seconds()}
		return err
	})
	return result, err
}

func withPostgres(do func(url string) error) error {
	server := pgtest.New(nil)
	defer server.Stop()
	url, err := server.Started()
	if err != nil {
		return err
	}
	return do(url)
}

// barePostgres is a loop that makes the same roles and grants, some at a time.
func barePostgres(ctx context.Context, url string, people int) (err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	var statements []string
	names := groupNames(people)
	for _, name := range names {
		statements = append(statements, fmt.Sprintf("CREATE ROLE %q NOLOGIN", name))
	}
	for i := range people {
		statements = append(statements, fmt.Sprintf("CREATE ROLE %q LOGIN", userName(i)))
	}
	for g, name := range names {
		for i := range cellSize {
			statements = append(statements, fmt.Sprintf("GRANT %q TO %q", name, userName(g/groupsEach*cellSize+i)))
		}
	}
	for from := 0; from < len(statements); from += perTransaction {
		batch := &pgx.Batch{}
		batch.Queue("BEGIN")
		for _, s := range statements[from:min(from+perTransaction, len(statements))] {
			batch.Queue(s)
		}
		batch.Queue("COMMIT")
		if err := conn.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
	}
	return nil
}
