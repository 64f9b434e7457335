package ldaptest

import (
	"bufio"
	"net"
	"sync"
	"testing"
)

// Verdict is what becomes of a request.
type Verdict string

// The verdicts. A result code is given by Code instead.
const (
	Pass      Verdict = ""
	CutBefore Verdict = "cut before" // the connection ends, nothing was done
	LoseReply Verdict = "lose reply" // the same once it was done
	CutAnswer Verdict = "cut answer" // done, and the answer ends in its middle
	Webpage   Verdict = "web page"   // something that is not LDAP answers
	PageAgain Verdict = "page again" // a search is answered as the one before it
)

// Fault is a trouble that requests meet.
type Fault struct {
	// Reads and Writes say which requests; neither: both.
	Reads, Writes bool
	// After is how many of them pass first, Times how many meet it then; 0 is all.
	After, Times int
	// PerConnection counts anew on each connection.
	PerConnection bool
	// Verdict or the result Code that answers.
	Verdict Verdict
	Code    byte
}

// Proxy is the way to a server.
type Proxy struct {
	listener net.Listener
	upstream string

	mu     sync.Mutex
	fault  *Fault
	met    map[net.Conn]int // matching requests since the fault was planted, by connection; nil is all of them
	down   bool
	reads  int
	writes int
	conns  map[net.Conn]bool
}

// Start runs a proxy in front of the server at address for as long as the test lasts.
func Start(t testing.TB, address string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, upstream: address, conns: map[net.Conn]bool{}}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.CutAll()
		wg.Wait()
	})
	return p
}

// URL is the address for clients.
func (p *Proxy) URL() string { return "ldap://" + p.listener.Addr().String() }

// Plant puts a fault in the way, in place of any other.
func (p *Proxy) Plant(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.met = &f, map[net.Conn]int{}
}

// Heal ends all trouble.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.down = nil, false
}

// Down is an outage: connections are cut, and new ones as they come, until Heal.
func (p *Proxy) Down() {
	p.mu.Lock()
	p.down = true
	p.mu.Unlock()
	p.CutAll()
}

// CutAll ends every connection.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

// Requests tells how many searches and changes came so far.
func (p *Proxy) Requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads + p.writes
}

// Writes tells how many changes came so far.
func (p *Proxy) Writes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.writes
}

// enter tells whether a connection may begin.
func (p *Proxy) enter(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return false
	}
	for _, c := range conns {
		p.conns[c] = true
	}
	return true
}

func (p *Proxy) leave(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.conns, c)
	}
}

// serve passes requests on until somebody hangs up or is cut off.
func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.enter(client, server) {
		return
	}
	defer p.leave(client, server)
	l := line{client: client, server: server, in: bufio.NewReader(client), back: bufio.NewReader(server)}
	for {
		request, err := readMessage(l.in)
		if err != nil || !l.handle(request, p.judge(client, request)) {
			return
		}
	}
}

// judge counts a request and decides what becomes of it.
func (p *Proxy) judge(client net.Conn, request []byte) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	tag := operation(request)
	switch {
	case writes(tag):
		p.writes++
	case tag == tagSearch:
		p.reads++
	default:
		return Fault{}
	}
	f := p.fault
	if f == nil || f.Reads && !f.Writes && writes(tag) || f.Writes && !f.Reads && !writes(tag) {
		return Fault{}
	}
	if !f.PerConnection {
		client = nil
	}
	p.met[client]++
	if n := p.met[client] - f.After; n <= 0 || f.Times > 0 && n > f.Times {
		return Fault{}
	}
	return *f
}
