package slapdtest

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a client and a server and cuts connections.
type Proxy struct {
	URL string // ldap://127.0.0.1:PORT

	listener net.Listener
	target   string
	budget   atomic.Int64 // bytes that may still go to clients; negative: any number

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// StartProxy runs a proxy in front of s for as long as the test lasts.
func StartProxy(t testing.TB, s *Server) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("slapdtest: proxy: %v", err)
	}
	p := &Proxy{URL: "ldap://" + listener.Addr().String(), listener: listener, target: s.URL[len("ldap://"):], conns: map[net.Conn]struct{}{}}
	p.budget.Store(-1)
	go p.accept()
	t.Cleanup(func() {
		listener.Close()
		p.CutNow()
	})
	return p
}

// CutAfter cuts every connection once n more bytes have gone to clients, over
// all connections; a negative n lets everything through again.
func (p *Proxy) CutAfter(n int64) { p.budget.Store(n) }

// CutNow cuts every connection there is. New ones are taken.
func (p *Proxy) CutNow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
	clear(p.conns)
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = struct{}{}, struct{}{}
		p.mu.Unlock()
		go p.copy(server, client, false)
		go p.copy(client, server, true)
	}
}

// copy moves bytes until one side ends or, if counted, the budget is used up.
func (p *Proxy) copy(to, from net.Conn, counted bool) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if counted && p.budget.Load() >= 0 {
			left := p.budget.Add(int64(-n))
			if left < 0 {
				p.budget.Store(0)
				_, _ = to.Write(buf[:max(0, n+int(left))])
				return
			}
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return // the end or a fault: either way there is nothing more to move
		}
	}
}
