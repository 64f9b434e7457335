package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"birthright/console"
	"birthright/identity"
	"birthright/notify"
	"birthright/oauth"
	"birthright/scim"
	"birthright/signals/delivery"
)

// Limits of the HTTP server; slow or endless requests must not hurt others.
const (
	headerTimeout  = 10 * time.Second
	requestTimeout = 2 * time.Minute
	idleTimeout    = 2 * time.Minute
	drainTimeout   = 15 * time.Second
)

// Server is a running App: it listens, works off changes and keeps schedules.
type Server struct {
	app       *App
	http      *http.Server
	listener  net.Listener
	publicURL string
	cancel    context.CancelFunc
	done      sync.WaitGroup
	failed    chan error
}

// Start listens on the configured address and starts the loops. The caller ends
// it with Stop.
func (a *App) Start(ctx context.Context) (*Server, error) {
	secure, err := a.secure()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", a.Config.Server.Listen)
	if err != nil {
		return nil, &identity.Error{
			Kind: identity.Invalid, Op: "listen on " + a.Config.Server.Listen, Err: err,
			Hint: "choose another address with server.listen",
		}
	}
	if err := a.keepPolicy(ctx); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	public := publicURL(a.Config.Server.PublicURL, listener.Addr())
	recorder := a.recorder()
	door, err := a.scimHandler(ctx, public, recorder)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	desk, err := a.oauthHandler(public)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	transmitter, err := a.transmitterFor(ctx, public)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	notifier, err := a.Notifier(public)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	provider, err := a.provider(public)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	next, err := schedule(a.Config.Sync.Schedule)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	reportsDue, err := schedule(a.Config.Reports.Schedule)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	loops, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{app: a, listener: listener, publicURL: public, cancel: cancel, failed: make(chan error, 1)}
	s.http = &http.Server{
		Handler: a.handler(public, door, desk, transmitter, notifier, provider), TLSConfig: secure, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout,
		WriteTimeout: requestTimeout, IdleTimeout: idleTimeout,
	}
	s.done.Go(s.listen)
	s.done.Go(func() { recorder.Run(loops) })
	s.http.RegisterOnShutdown(a.live.Close)
	s.done.Go(func() { a.Hub.Carry(loops) })
	s.done.Go(func() { a.Runner.EventLoop(loops, a.wake) })
	s.done.Go(func() { a.Runner.FullLoop(loops, next) })
	s.done.Go(func() { a.again(loops, "requests", a.Desk.Tick) })
	s.done.Go(func() { a.again(loops, "reviews", a.Reviews.Tick) })
	s.done.Go(func() { a.again(loops, "reviews of movers", a.ReviewMovers) })
	s.done.Go(func() { a.again(loops, "sessions", a.SignIn.Tick) })
	s.done.Go(func() { a.again(loops, "people in memory", a.Hub.LetGo) })
	s.done.Go(func() { notifier.Run(loops) })
	s.done.Go(func() { a.reportOnSchedule(loops, reportsDue) })
	if transmitter != nil {
		s.http.RegisterOnShutdown(transmitter.EndPolls)
		s.done.Go(func() { transmitter.Run(loops) })
	}
	for _, source := range a.sources {
		if source.Schedule == "" || source.Told() {
			continue
		}
		next, err := schedule(source.Schedule)
		if err != nil {
			return nil, errors.Join(err, s.Stop(ctx))
		}
		s.done.Go(func() { a.importOnSchedule(loops, source, next) })
	}
	return s, nil
}

// secure loads the server's certificate; nil where it has none.
func (a *App) secure() (*tls.Config, error) {
	files := a.Config.Server.TLS
	if files.Cert == "" {
		return nil, nil //nolint:nilnil // no certificate is no fault
	}
	pair, err := tls.LoadX509KeyPair(a.path(files.Cert), a.path(files.Key))
	if err != nil {
		return nil, &identity.Error{
			Kind: identity.Invalid, Op: "load the certificate " + a.path(files.Cert), Err: err,
			Hint: "server.tls.cert and server.tls.key name PEM files with a certificate and its private key",
		}
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// publicURL is how clients reach the hub: as configured, with the port that was
// really taken where any free one was asked for.
func publicURL(configured string, listening net.Addr) string {
	base, ok := strings.CutSuffix(configured, ":0")
	tcp, isTCP := listening.(*net.TCPAddr)
	if !ok || !isTCP {
		return configured
	}
	return base + ":" + strconv.Itoa(tcp.Port)
}

func (s *Server) listen() {
	var err error
	if s.http.TLSConfig != nil {
		err = s.http.ServeTLS(s.listener, "", "")
	} else {
		err = s.http.Serve(s.listener)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		s.failed <- fmt.Errorf("serve %s: %w", s.Addr(), err)
	}
}

// Addr is the address that is listened on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// PublicURL is how clients reach the server.
func (s *Server) PublicURL() string { return s.publicURL }

// Failed tells when the server ended by itself, and why.
func (s *Server) Failed() <-chan error { return s.failed }

// Stop says at /readyz that requests should go elsewhere, waits until whoever sends them
// has seen it, and ends requests, then the loops; a change that is on its way to a target
// is finished and put on record first.
func (s *Server) Stop(ctx context.Context) error {
	s.app.stopping.Store(true)
	ctx = context.WithoutCancel(ctx)
	passes(ctx, s.app.Config.Server.Drain)
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	err := s.http.Shutdown(ctx)
	s.cancel()
	s.done.Wait()
	return err
}

// importOnSchedule reads one source now and whenever it is due.
func (a *App) importOnSchedule(ctx context.Context, s Source, next func(time.Time) time.Time) {
	for going := true; going; going = passes(ctx, next(a.Now()).Sub(a.Now())) {
		if _, err := a.read(ctx, s); err != nil && ctx.Err() == nil {
			a.Log.Error("import", "source", s.Name, "error", err)
		}
	}
}

// handler is everything that is served.
func (a *App) handler(publicURL string, door, desk http.Handler, transmitter *delivery.Transmitter, notifier *notify.Service, provider console.Provider) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(scim.Prefix, scimNamed(door))
	mux.Handle(scim.Prefix+"/", scimNamed(door))
	mux.Handle(oauth.TokenPath, desk)
	mux.Handle(oauth.MetadataPath, desk)
	mux.HandleFunc("GET /healthz", a.healthy)
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle("GET /metrics", a.figures)
	mountChannels(mux, notifier)
	a.factsDoor().Mount(mux)
	a.mountAPI(mux, publicURL, provider)
	if transmitter != nil {
		transmitter.Mount(mux)
	}
	return a.watched(mux)
}
