package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// maxIdle is how many connections are kept between calls.
	maxIdle = 2
	// answering is how long an idle connection may take to show that it is alive:
	// firewalls forget quiet connections without telling either side.
	answering = 3 * time.Second
	// farewell is how long a farewell may take.
	farewell = 2 * time.Second
)

// cluster is a real server, with the connections that are kept between calls.
type cluster struct {
	t *Target

	mu     sync.Mutex
	idle   []*pgx.Conn
	closed bool
}

// take returns a connection, an idle one if there is one that answers.
func (c *cluster) take(ctx context.Context) (*pgx.Conn, error) {
	for {
		conn := c.pop()
		if conn == nil {
			return c.t.dial(ctx)
		}
		if alive(ctx, conn) {
			return conn, nil
		}
		discard(conn)
	}
}

// alive asks the server for the least that it can answer.
func alive(ctx context.Context, conn *pgx.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, answering)
	defer cancel()
	return conn.Ping(ctx) == nil
}

// pop returns an idle connection, nil where there is none.
func (c *cluster) pop() *pgx.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.idle) == 0 {
		return nil
	}
	last := c.idle[len(c.idle)-1]
	c.idle = c.idle[:len(c.idle)-1]
	return last
}

// put keeps a connection for the next call, unless it is in the middle of something.
func (c *cluster) put(conn *pgx.Conn) {
	const quiet = 'I' // no transaction is open
	c.mu.Lock()
	keep := !c.closed && !conn.IsClosed() && conn.PgConn().TxStatus() == quiet && len(c.idle) < maxIdle
	if keep {
		c.idle = append(c.idle, conn)
	}
	c.mu.Unlock()
	if !keep {
		discard(conn)
	}
}

// discard ends a connection; the server undoes what was not committed.
func discard(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = conn.Close(ctx) // whatever it says, nobody uses it any more
}

// Close ends the idle connections; those in use end with their call.
func (c *cluster) Close() error {
	c.mu.Lock()
	idle := c.idle
	c.idle, c.closed = nil, true
	c.mu.Unlock()
	for _, conn := range idle {
		discard(conn)
	}
	return nil
}
