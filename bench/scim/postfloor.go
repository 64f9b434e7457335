package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/scim"
	"birthright/store"
)

// postFloor pushes people into a bare server on the hub's own store: what is left
// out is the protocol of the front door, its checks and its answers, and what the
// directory decides.
func postFloor(ctx context.Context, args []string) (result measure.Result, err error) {
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, database), store.Options{Index: scim.NewIndex([]string{hub.Source}), Migrate: true})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result, err
	}
	server := &http.Server{Handler: storing(db)}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer func() { err = errors.Join(err, server.Close()) }()
	if result, err = hub.NewClient("http://"+listener.Addr().String()).Push(ctx, args); err != nil {
		return result, err
	}
	result.Counts, err = rowsIn(ctx, dir)
	return result, err
}

// storing answers each POST once its rows are durable.
func storing(db *store.DB) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var p person
		payload, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(payload, &p)
		}
		id := ""
		if err == nil {
			id, err = insert(r.Context(), db, p, payload)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": id, "resource": json.RawMessage(payload)})
	})
}
