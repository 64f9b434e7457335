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
	"birthright/scim/inspect"
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
	p, err := a.parts(ctx, publicURL(a.Config.Server.PublicURL, listener.Addr()))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	loops, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{app: a, listener: listener, publicURL: p.public, cancel: cancel, failed: make(chan error, 1)}
	s.http = &http.Server{
		Handler: a.handler(p), TLSConfig: secure, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout,
		WriteTimeout: requestTimeout, IdleTimeout: idleTimeout,
	}
	s.done.Go(s.listen)
	s.startLoops(loops, p)
	return s, nil
}

// parts are what a Server is made of besides the App.
type parts struct {
	public      string
	recorder    *inspect.Recorder
	door, desk  http.Handler // SCIM, OAuth
	transmitter *delivery.Transmitter
	notifier    *notify.Service
	provider    console.Provider
	// full and reports say when those are due next, imports which sources are read when.
	full, reports due
	imports       []reading
}

// reading is a source that is read on a schedule.
type reading struct {
	Source
	next due
}

// due returns when something is due next after a time.
type due = func(time.Time) time.Time

// parts makes them, or says why one cannot be made: then nothing runs.
func (a *App) parts(ctx context.Context, public string) (p parts, err error) {
	if err := a.keepPolicy(ctx); err != nil {
		return p, err
	}
	p.public, p.recorder = public, a.recorder()
	if p.door, err = a.scimHandler(ctx, public, p.recorder); err != nil {
		return p, err
	}
	if p.desk, err = a.oauthHandler(public); err != nil {
		return p, err
	}
	if p.transmitter, err = a.transmitterFor(ctx, public); err != nil {
		return p, err
	}
	if p.notifier, err = a.Notifier(public); err != nil {
		return p, err
	}
	if p.provider, err = a.provider(public); err != nil {
		return p, err
	}
	if p.full, err = schedule(a.Config.Sync.Schedule); err != nil {
		return p, err
	}
	if p.reports, err = schedule(a.Config.Reports.Schedule); err != nil {
		return p, err
	}
	for _, source := range a.sources {
		if source.Schedule == "" || source.Told() {
			continue
		}
		next, err := schedule(source.Schedule)
		if err != nil {
			return p, err
		}
		p.imports = append(p.imports, reading{source, next})
	}
	return p, nil
}

// startLoops starts what goes on by itself until ctx is over.
func (s *Server) startLoops(ctx context.Context, p parts) {
	a := s.app
	s.http.RegisterOnShutdown(a.live.Close)
	for _, loop := range []func(){
		func() { p.recorder.Run(ctx) },
		func() { a.Hub.Carry(ctx) },
		func() { a.Runner.EventLoop(ctx, a.wake) },
		func() { a.Runner.FullLoop(ctx, p.full) },
		func() { a.again(ctx, "requests", a.Desk.Tick) },
		func() { a.again(ctx, "reviews", a.Reviews.Tick) },
		func() { a.again(ctx, "reviews of movers", a.ReviewMovers) },
		func() { a.again(ctx, "sessions", a.SignIn.Tick) },
		func() { a.again(ctx, "people in memory", a.Hub.LetGo) },
		func() { p.notifier.Run(ctx) },
		func() { a.reportOnSchedule(ctx, p.reports) },
	} {
		s.done.Go(loop)
	}
	if p.transmitter != nil {
		s.http.RegisterOnShutdown(p.transmitter.EndPolls)
		s.done.Go(func() { p.transmitter.Run(ctx) })
	}
	for _, one := range p.imports {
		s.done.Go(func() { a.importOnSchedule(ctx, one.Source, one.next) })
	}
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
func (a *App) handler(p parts) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(scim.Prefix, scimNamed(p.door))
	mux.Handle(scim.Prefix+"/", scimNamed(p.door))
	mux.Handle(oauth.TokenPath, p.desk)
	mux.Handle(oauth.MetadataPath, p.desk)
	mux.HandleFunc("GET /healthz", a.healthy)
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle("GET /metrics", a.figures)
	mountChannels(mux, p.notifier)
	a.factsDoor().Mount(mux)
	a.mountAPI(mux, p.public, p.provider)
	if p.transmitter != nil {
		p.transmitter.Mount(mux)
	}
	return a.watched(mux)
}
