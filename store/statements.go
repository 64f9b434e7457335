package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// keptStatements is how many prepared statements a connection keeps: more than
// the store has, so that only texts made for one question push others out.
const keptStatements = 256

// openKeeping opens a pool of SQLite connections that keep the statements
// prepared on them: to prepare one costs as much as to run it, and
// transactions are short and many.
func openKeeping(dsn string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeping{connector}), nil
}

type keeping struct{ driver.Connector }

// Connect implements driver.Connector.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("the SQLite driver's %T lacks something that database/sql offers", opened)
	}
	return &keptConn{sqliteConn: conn, idle: map[string]*keptStatement{}}, nil
}

// sqliteConn and sqliteStatement are what the driver's own offer beyond the
// least, all of which must stay visible to database/sql.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keptConn is a connection with the prepared statements that nobody uses just
// now, by text. database/sql lets one goroutine at a time at it.
type keptConn struct {
	sqliteConn
	idle map[string]*keptStatement
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *keptConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if s := c.idle[text]; s != nil {
		delete(c.idle, text)
		return s, nil
	}
	prepared, err := c.sqliteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(sqliteStatement)
	if !ok {
		return prepared, nil
	}
	return &keptStatement{sqliteStatement: s, conn: c, text: text}, nil
}

// Close implements driver.Conn.
func (c *keptConn) Close() error {
	for _, s := range c.idle {
		_ = s.sqliteStatement.Close() // what matters is how the connection ends
	}
	c.idle = nil
	return c.sqliteConn.Close()
}

// keptStatement goes back to its connection when it is closed.
type keptStatement struct {
	sqliteStatement
	conn *keptConn
	text string
}

// makeRoom closes a statement if as many are kept as may be: any one, since those
// that are often used come back soon.
func (c *keptConn) makeRoom() error {
	if len(c.idle) < keptStatements {
		return nil
	}
	for text, s := range c.idle {
		delete(c.idle, text)
		return s.sqliteStatement.Close()
	}
	return nil
}

// Close implements driver.Stmt.
func (s *keptStatement) Close() error {
	if s.conn.idle == nil || s.conn.idle[s.text] != nil {
		return s.sqliteStatement.Close()
	}
	err := s.conn.makeRoom()
	s.conn.idle[s.text] = s
	return err
}
