package scimsim

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is an App on a socket that can be taken down and brought up again at
// the same address.
type Server struct {
	*App
	address string

	mu   sync.Mutex
	http *http.Server // nil while down
	done chan struct{}
}

// Start serves app on address ("127.0.0.1:0" for any free port) until Close.
func Start(app *App, address string) (*Server, error) {
	s := &Server{App: app, address: address}
	if err := s.Up(); err != nil {
		return nil, err
	}
	return s, nil
}

// URL is the base URL for clients.
func (s *Server) URL() string { return "http://" + s.address + Base }

// Up listens again after Down. It does nothing while the server is up.
func (s *Server) Up() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return nil
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(context.Background(), "tcp", s.address)
	if err != nil {
		return fmt.Errorf("start the SCIM application on %s: %w", s.address, err)
	}
	s.address = listener.Addr().String()
	server := &http.Server{Handler: s.App, ReadHeaderTimeout: 10 * time.Second}
	s.http, s.done = server, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		_ = server.Serve(listener) // ends with ErrServerClosed at Down
	}(s.done)
	return nil
}

// Down is an outage: connections are cut and new ones refused.
func (s *Server) Down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http == nil {
		return
	}
	_ = s.http.Close() // what cannot be closed is closed already
	<-s.done
	s.http = nil
}

// Close ends the server for good.
func (s *Server) Close() error {
	s.Down()
	return nil
}
