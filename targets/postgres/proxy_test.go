package postgres_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"birthright/targets/targettest"
)

// proxy stands between the target and its server and makes trouble by the kind of
// message, so that a test says what fails and not when.
type proxy struct {
	address, upstream string

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	wg       sync.WaitGroup

	loseCommit bool // the next COMMIT reaches the server, its answer is lost
	dropCommit bool // the next COMMIT does not reach it
	cutWrites  bool // the connection ends at the first statement that changes a role
	cutReads   bool // the connection ends after three rows of an answer
	commits    int

	requests int // that came so far
	at       int // the one that gets into trouble
	trouble  targettest.Trouble
	stopped  bool // counting
}

func startProxy(t testing.TB, upstream string) *proxy {
	t.Helper()
	p := &proxy{address: "127.0.0.1:0", upstream: upstream, conns: map[net.Conn]bool{}}
	p.open(t)
	t.Cleanup(func() { p.close(); p.wg.Wait() })
	return p
}

// open takes connections, at the address that it had before.
func (p *proxy) open(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	p.set(func() { p.listener, p.address = l, l.Addr().String() })
	p.wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(client) })
		}
	})
}

// close takes no connections any more, and ends those that there are.
func (p *proxy) close() {
	p.set(func() {
		p.listener.Close()
		for c := range p.conns {
			c.Close()
		}
	})
}

func (p *proxy) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.upstream)
	if err != nil {
		client.Close()
		return
	}
	p.set(func() { p.conns[client], p.conns[server] = true, true })
	defer p.set(func() { delete(p.conns, client); delete(p.conns, server) })
	both := func() { client.Close(); server.Close() }
	defer both()
	lose := make(chan struct{})
	p.wg.Go(func() { defer both(); p.answers(server, client, lose) })
	requests := bufio.NewReader(client)
	if message, err := readMessage(requests, false); err != nil || !forward(server, message) {
		return
	}
	for {
		message, err := readMessage(requests, true)
		if err != nil {
			return
		}
		switch p.judge(message) {
		case "cut":
			return
		case "lose":
			close(lose)
		}
		if !forward(server, message) {
			return
		}
	}
}

// judge says what becomes of a message to the server.
func (p *proxy) judge(message []byte) string {
	text := ""
	if message[0] == 'Q' {
		text = string(message[5:])
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if message[0] == 'Q' || message[0] == 'P' { // P begins what has arguments
		if !p.stopped {
			p.requests++
		}
		if verdict := planted(p.trouble); verdict != "" && p.requests == p.at+1 {
			return verdict
		}
	}
	switch {
	case strings.HasPrefix(text, "COMMIT") && p.loseCommit:
		p.loseCommit = false
		return "lose"
	case strings.HasPrefix(text, "COMMIT") && p.dropCommit:
		p.dropCommit = false
		return "cut"
	case strings.HasPrefix(text, "COMMIT"):
		p.commits++
	case strings.HasPrefix(text, "SAVEPOINT") && p.cutWrites:
		p.cutWrites = false
		return "cut"
	}
	return ""
}

// plant has the request that comes after so many others get into trouble, of the two
// kinds that a connection can get into by itself: all others are asked of the model.
func (p *proxy) plant(after int, trouble targettest.Trouble) {
	p.set(func() {
		p.at, p.trouble = p.requests+after, trouble
		p.stopped = planted(trouble) == ""
	})
}

// heal ends all trouble.
func (p *proxy) heal() { p.set(func() { p.trouble, p.stopped = "", false }) }

// planted is what becomes of a request that gets into trouble.
func planted(trouble targettest.Trouble) string {
	switch trouble {
	case targettest.CutBefore:
		return "cut"
	case targettest.LostReply:
		return "lose"
	}
	return ""
}

// count is how many requests came so far. None are counted while nothing can happen to
// them, so that nothing is tried at each of them.
func (p *proxy) count() (n int) {
	p.set(func() { n = p.requests })
	return n
}

// answers passes on what the server says, until its answer is to be lost.
func (p *proxy) answers(server, client net.Conn, lose <-chan struct{}) {
	answers, rows := bufio.NewReader(server), 0
	for {
		message, err := readMessage(answers, true)
		if err != nil {
			return
		}
		select {
		case <-lose:
			if bytes.IndexByte([]byte("CEIZ"), message[0]) >= 0 { // done, failed, empty, ready
				return
			}
			continue
		default:
		}
		switch message[0] {
		case 'T':
			rows = 0
		case 'D':
			rows++
		}
		cut := false
		p.set(func() { cut = p.cutReads && rows > 3 })
		if cut || !forward(client, message) {
			return
		}
	}
}

func forward(to io.Writer, message []byte) bool {
	_, err := to.Write(message)
	return err == nil
}

// readMessage reads a message of the protocol: a type, but for the very first one, a
// length, and the rest.
func readMessage(r *bufio.Reader, typed bool) ([]byte, error) {
	head := make([]byte, 4, 5)
	if typed {
		head = head[:5]
	}
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{head, rest}, nil), nil
}
