package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver that the hub has

	"birthright/bench/hub"
	"birthright/bench/measure"
)

// The floor's tables: as many rows and indexes as one new person costs the hub
// before the answer, without their meaning.
const tables = `
CREATE TABLE records (n INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT, email TEXT, attributes TEXT, payload BLOB) STRICT;
CREATE INDEX records_name ON records (name);
CREATE INDEX records_email ON records (email);
CREATE TABLE match_keys (key TEXT, record_n INTEGER, PRIMARY KEY (key, record_n)) STRICT, WITHOUT ROWID;
CREATE TABLE users (n INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT UNIQUE, attributes TEXT) STRICT;
CREATE TABLE work (user_n INTEGER PRIMARY KEY, due_at INTEGER) STRICT;
CREATE TABLE audit (seq INTEGER PRIMARY KEY, detail TEXT) STRICT`

// person is what the floor reads of a resource.
type person struct {
	UserName string `json:"userName"`
	Emails   []struct {
		Value string `json:"value"`
	} `json:"emails"`
}

// pushFloor pushes people into a server that only stores them.
func pushFloor(ctx context.Context, args []string) (result measure.Result, err error) {
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "floor.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(8192)&_txlock=immediate")
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, tables); err != nil {
		return result, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result, err
	}
	server := &http.Server{Handler: storing(db)}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer func() { err = errors.Join(err, server.Close()) }()
	return hub.NewClient("http://"+listener.Addr().String()).Push(ctx, args)
}

// storing answers each POST once its rows are durable.
func storing(db *sql.DB) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var p person
		var payload json.RawMessage
		err := json.NewDecoder(r.Body).Decode(&payload)
		if err == nil {
			err = json.Unmarshal(payload, &p)
		}
		if err == nil {
			err = save(r.Context(), db, p, payload)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": p.UserName, "resource": payload})
	})
}

func save(ctx context.Context, db *sql.DB, p person, payload []byte) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	if len(p.Emails) == 0 {
		return fmt.Errorf("%s has no email", p.UserName)
	}
	email, text := p.Emails[0].Value, string(payload)
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{"INSERT INTO users (id, name, attributes) VALUES (?, ?, ?)", []any{p.UserName, p.UserName, text}},
		{"INSERT INTO records (id, name, email, attributes, payload) VALUES (?, ?, ?, ?, ?)", []any{p.UserName, p.UserName, email, text, payload}},
		{"INSERT INTO match_keys VALUES (?, last_insert_rowid()), (?, last_insert_rowid()), (?, last_insert_rowid())",
			[]any{"name:" + p.UserName, "email:" + email, "number:" + p.UserName}},
		{"INSERT INTO work (due_at) VALUES (?)", []any{1}},
		{"INSERT INTO audit (detail) VALUES (?)", []any{text}},
	} {
		if _, err := tx.ExecContext(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
