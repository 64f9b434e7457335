package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"birthright/identity"
	"birthright/migrations"
)

const (
	readers        = 8
	connectTimeout = 10 * time.Second
	// hubLocks is the first half of the key of every advisory lock; the second
	// half is made from the name. The writers' lock has its own.
	hubLocks   = 0x42697274
	writerLock = int64(hubLocks) << 32
	// stillAlive is for how long a process may say nothing that is writing or has a lock:
	// one that is frozen, or that the network has lost, must not hold up the others, which
	// are to be right within five seconds. Whoever has a lock says something every
	// signOfLife.
	stillAlive = "3s"
	signOfLife = 500 * time.Millisecond
)

// openPostgres connects to a server. Statements that bun writes carry their
// values in their text, so that preparing each would be waste: they go by the
// simple protocol. What statement.go sends is prepared once a connection.
func (db *DB) openPostgres(ctx context.Context, address string) error {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The parser's own message repeats the address: it is not passed on.
		return &identity.Error{
			Kind: identity.Invalid, Op: "open the database", Err: errors.New("its address is not a PostgreSQL URL"),
			Hint: "write postgres://USER:PASSWORD@HOST/DATABASE, with special characters of the password as %XX",
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "birthright"
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	db.dialect = migrations.Postgres
	db.hide = hider(config.Password)
	db.locks = serverLocks{config}
	writing := config.Copy()
	if writing.RuntimeParams["idle_in_transaction_session_timeout"] == "" {
		writing.RuntimeParams["idle_in_transaction_session_timeout"] = stillAlive
	}
	db.writer = bun.NewDB(pool(stdlib.OpenDB(*writing), 1), pgdialect.New())
	db.reader = bun.NewDB(pool(stdlib.OpenDB(*config), readers), pgdialect.New())
	if err := db.reader.PingContext(ctx); err != nil {
		return errors.Join(db.explain(fmt.Sprintf("open the database %s on %s", config.Database, config.Host), err), db.Close())
	}
	return nil
}

// serverLocks are advisory locks, each held by a connection of its own: the
// server frees it when the connection ends, and ends it when its holder has given no
// sign of life for a while.
type serverLocks struct{ config *pgx.ConnConfig }

func (l serverLocks) lock(ctx context.Context, name string, wait bool) (func(), error) {
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return nil, err
	}
	release := func() {
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		_ = conn.Close(ctx) // whatever it says, the lock goes with the connection
	}
	// A server that does not know the setting keeps the lock until the connection ends.
	_, _ = conn.Exec(ctx, "SET idle_session_timeout = '"+stillAlive+"'")
	sum := fnv.New32a()
	sum.Write([]byte(name))
	taken := true
	if wait {
		_, err = conn.Exec(ctx, "SELECT pg_advisory_lock($1, $2)", int32(hubLocks), int32(sum.Sum32()))
	} else {
		err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, $2)", int32(hubLocks), int32(sum.Sum32())).Scan(&taken)
	}
	if err == nil && !taken {
		err = errTaken
	}
	if err != nil {
		release()
		return nil, err
	}
	stop := stayAlive(conn)
	return func() {
		stop()
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		// Closing is noticed by the server a little later; unlocking is answered.
		_, _ = conn.Exec(ctx, "SELECT pg_advisory_unlock_all()")
		release()
	}, nil
}

// stayAlive gives signs of life on a connection until stop returns.
func stayAlive(conn *pgx.Conn) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var alive sync.WaitGroup
	alive.Go(func() {
		ticker := time.NewTicker(signOfLife)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
			limited, done := context.WithTimeout(context.Background(), connectTimeout)
			err := conn.Ping(limited)
			done()
			if err != nil {
				return // the lock is gone, and whoever has it finds out
			}
		}
	})
	return func() {
		cancel()
		alive.Wait()
	}
}

// hider returns a function that masks password in the text of errors.
func hider(password string) func(error) error {
	return func(err error) error {
		if err == nil || password == "" {
			return err
		}
		text := err.Error()
		for _, secret := range []string{password, url.QueryEscape(password), url.PathEscape(password)} {
			text = strings.ReplaceAll(text, secret, "***")
		}
		if text == err.Error() {
			return err
		}
		return errors.New(text)
	}
}

// postgresFault explains an error of the driver; err itself if there is nothing
// to add.
func postgresFault(op string, err error) error {
	fault := &identity.Error{Kind: identity.Unavailable, Op: op, Err: err}
	var e *pgconn.PgError
	var unreached *pgconn.ConnectError
	switch {
	case errors.As(err, &e):
		switch {
		case strings.HasPrefix(e.Code, "28"):
			fault.Kind, fault.Err = identity.Denied, errors.New(e.Message)
			fault.Hint = "correct user and password in database.url"
		case e.Code == "3D000":
			fault.Kind, fault.Err = identity.NotFound, errors.New(e.Message)
			fault.Hint = "make it with createdb, or correct database.url"
		case e.Code == "42501":
			fault.Kind, fault.Hint = identity.Denied, "the database user must own the database, or be given rights on its schema"
		case strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "40"):
			fault.Hint = "the server could not do it now; try again"
		default:
			return err
		}
	case errors.As(err, &unreached):
		// The driver lists its attempts, one a line; the last one will do.
		lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
		_, attempt, ok := strings.Cut(lines[len(lines)-1], "dial error: ")
		if !ok {
			attempt = strings.TrimSpace(lines[len(lines)-1])
		}
		fault.Err = errors.New(attempt)
		fault.Hint = "start PostgreSQL there, or correct database.url"
	default:
		return err
	}
	return fault
}
