package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/identity"
	"birthright/store"
)

// connections ask at once, for so many users in all.
const (
	connections = 16
	reading     = 10_000
)

// reads has one user after the other told by the API, and by a bare server.
func (s *site) reads(ctx context.Context, h *hub.Hub, result *measure.Result) error {
	names, err := someUsers(ctx, h)
	if err != nil {
		return err
	}
	floor, stop, err := bare(h)
	if err != nil {
		return err
	}
	defer stop()
	result.Counts["reads"] = reading
	for name, base := range map[string]string{"floor": floor + "/", "api": s.base + "/api/v1/users/"} {
		began := time.Now()
		if err := s.readAll(ctx, base, names); err != nil {
			return err
		}
		result.Figures[name] = time.Since(began).Seconds()
	}
	return nil
}

// someUsers are the names of users from all over the directory.
func someUsers(ctx context.Context, h *hub.Hub) (names []string, err error) {
	err = h.Store.View(ctx, func(tx *store.Tx) error {
		last, err := tx.UsersEver(ctx)
		if err != nil {
			return err
		}
		ns := make([]int64, 500)
		for i := range ns {
			ns[i] = 1 + int64(i)*(last-1)/int64(len(ns))
		}
		users, err := tx.BareUsers(ctx, ns)
		for _, u := range users {
			names = append(names, u.UserName)
		}
		return err
	})
	return names, err
}

// bare is a server that reads a user and the user's memberships, and writes them.
func bare(h *hub.Hub) (base string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var told struct {
			User        identity.User
			Memberships []store.MembershipRow
		}
		err := h.Store.View(r.Context(), func(tx *store.Tx) (err error) {
			if told.User, err = tx.UserByName(r.Context(), r.URL.Path[1:]); err != nil {
				return err
			}
			told.Memberships, err = tx.MembershipsOfUsers(r.Context(), []int64{told.User.N})
			return err
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(told)
	})}
	go func() { _ = server.Serve(listener) }() // it ends with stop
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

func (s *site) readAll(ctx context.Context, base string, names []string) error {
	var next atomic.Int64
	var group sync.WaitGroup
	faults := make(chan error, connections)
	for range connections {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= reading {
					return
				}
				if err := s.read(ctx, base+names[i%len(names)], s.tokens[i%len(s.tokens)]); err != nil {
					faults <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(faults)
	var all []error
	for err := range faults {
		all = append(all, err)
	}
	return errors.Join(all...)
}

func (s *site) read(ctx context.Context, address, token string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := s.program.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return errors.New(address + ": " + answer.Status)
	}
	return nil
}
