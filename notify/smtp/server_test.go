package smtp_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"birthright/notify/smtp"
)

const password = "correct-horse"

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// received is a mail as the server got it.
type received struct {
	from string
	to   []string
	data []byte
	tls  bool
	user string
}

// server is a real SMTP server on a socket.
type server struct {
	*testing.T
	addr *net.TCPAddr
	ca   string

	mu    sync.Mutex
	mails []received
	// rcpt and data answer for a recipient and a mail; hangUp closes the connection
	// in the middle of a mail; auth asks for a login.
	rcpt, data func(to string) error
	hangUp     bool
	auth       bool
}

// serve starts a server; implicit is TLS from the first byte, no certificate none at all.
func serve(t *testing.T, how string) *server {
	t.Helper()
	s := &server{T: t}
	cert, ca := certificate(t)
	s.ca = ca
	srv := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) { return &session{server: s, conn: c}, nil }))
	srv.Domain, srv.AllowInsecureAuth = "mail.test", how == smtp.Plain
	srv.ErrorLog = quiet{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().(*net.TCPAddr)
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch how {
	case smtp.Implicit:
		listener = tls.NewListener(listener, conf)
	case smtp.StartTLS:
		srv.TLSConfig = conf
	}
	go func() { _ = srv.Serve(listener) }()
	t.Cleanup(func() { _, _ = srv.Close(), listener.Close() })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// channel connects to the server.
func (s *server) channel(how, user string) *smtp.Channel {
	s.Helper()
	c, err := smtp.New(smtp.Options{
		Host: "127.0.0.1", Port: s.addr.Port, From: "Birthright <access@example.com>", Username: user,
		Password: func(context.Context) (string, error) { return password, nil }, TLS: how, CAFile: s.ca, Domain: "hub.example.com",
		Now: func() time.Time { return noon }, Timeout: 5 * time.Second,
	})
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s *server) got() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

type session struct {
	*server
	conn *gosmtp.Conn
	mail received
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != "hub" || pass != password {
			return gosmtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	if s.auth && s.mail.user == "" {
		return gosmtp.ErrAuthRequired
	}
	s.mail.from, s.mail.to = from, nil
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if s.rcpt != nil {
		if err := s.rcpt(to); err != nil {
			return err
		}
	}
	s.mail.to = append(s.mail.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.hangUp {
		_, _ = io.CopyN(io.Discard, r, 20)
		_ = s.conn.Conn().Close()
		return errors.New("hung up")
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.data != nil {
		if err := s.data(s.mail.to[0]); err != nil {
			return err
		}
	}
	_, s.mail.tls = s.conn.TLSConnectionState()
	s.mail.data = data
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// certificate makes one for this machine, and a file with it.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	file := filepath.Join(t.TempDir(), strconv.Itoa(os.Getpid())+".pem")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}
