package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// peer VARIABLE FILE [hang] starts another program on this machine until the script
// ends; its address is in the variable. What is posted is added to the file, a line
// each, and what is got is the file, with an ETag. One that hangs takes requests and
// never answers.
func peer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 || len(args) == 3 && args[2] != "hang" {
		ts.Fatalf("usage: peer VARIABLE FILE [hang]")
	}
	done := make(chan struct{})
	serve := filePeer(ts.MkAbs(args[1]))
	if len(args) == 3 {
		serve = func(http.ResponseWriter, *http.Request) { <-done }
	}
	server := httptest.NewServer(serve)
	ts.Defer(func() { close(done); server.Close() })
	ts.Setenv(args[0], server.URL)
}

func filePeer(path string) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost {
			body, err := io.ReadAll(r.Body)
			if err == nil {
				err = appendLine(path, body)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
			return
		}
		data, err := os.ReadFile(path)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		sum := sha256.Sum256(data)
		tag := `"` + hex.EncodeToString(sum[:8]) + `"`
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(data)
	}
}

func appendLine(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(body, '\n'))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
