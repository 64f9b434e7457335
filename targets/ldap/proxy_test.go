package ldap_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// proxy stands between the target and its server and makes trouble by the kind
// of request, so that a test says what fails and not when.
type proxy struct {
	listener net.Listener
	upstream string

	mu        sync.Mutex
	loseReply bool
	refuse    bool
	cutReads  bool
	writes    int
	conns     map[net.Conn]bool
	sizes     []int // of the write requests, in bytes
}

// The tags of LDAP requests (RFC 4511 section 4.2 and following).
const (
	tagSearch = 0x63
	tagModify = 0x66
	tagAdd    = 0x68
	tagDelete = 0x4a
	tagRename = 0x6c
)

func startProxy(t testing.TB, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, upstream: strings.TrimPrefix(url, "ldap://"), conns: map[net.Conn]bool{}}
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
		p.cutAll()
		wg.Wait()
	})
	return p
}

func (p *proxy) url() string { return "ldap://" + p.listener.Addr().String() }

// set changes the trouble under the lock.
func (p *proxy) set(change func(*proxy)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// cutAll ends every connection.
func (p *proxy) cutAll() {
	p.set(func(p *proxy) {
		for c := range p.conns {
			c.Close()
		}
	})
}

func (p *proxy) track(c net.Conn, on bool) {
	p.set(func(p *proxy) {
		if on {
			p.conns[c] = true
		} else {
			delete(p.conns, c)
		}
	})
}

// serve passes messages on, one request at a time: that is how the target talks.
func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	for _, c := range []net.Conn{client, server} {
		p.track(c, true)
		defer p.track(c, false)
	}
	replies := make(chan bool) // false: swallow replies
	go p.replies(server, client, replies)
	requests := bufio.NewReader(client)
	searches := 0
	for {
		message, err := readMessage(requests)
		if err != nil {
			return
		}
		verdict := p.judge(message, &searches)
		switch verdict {
		case "cut":
			return
		case "refuse":
			if _, err := client.Write(refusal(message)); err != nil {
				return
			}
			continue
		}
		if verdict == "lose" {
			replies <- false
		}
		if _, err := server.Write(message); err != nil {
			return
		}
		if verdict == "lose" {
			<-replies // the server answered, so the change is made
			return
		}
	}
}

// replies copies the server's messages, until told to swallow the next one.
func (p *proxy) replies(server, client net.Conn, swallow chan bool) {
	r := bufio.NewReader(server)
	messages := make(chan []byte)
	go func() {
		defer close(messages)
		for {
			m, err := readMessage(r)
			if err != nil {
				return
			}
			messages <- m
		}
	}()
	for {
		select {
		case m, ok := <-messages:
			if !ok {
				client.Close()
				return
			}
			if _, err := client.Write(m); err != nil {
				server.Close()
			}
		case <-swallow:
			<-messages
			swallow <- true
			for range messages { // until serve closes the connection
			}
			return
		}
	}
}

// judge decides what becomes of a request.
func (p *proxy) judge(message []byte, searches *int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch operation(message) {
	case tagModify, tagAdd, tagDelete, tagRename:
		p.writes++
		p.sizes = append(p.sizes, len(message))
		if p.loseReply {
			p.loseReply = false
			return "lose"
		}
		if p.refuse {
			return "refuse"
		}
	case tagSearch:
		if p.cutReads {
			*searches++
			if *searches > 1 {
				return "cut"
			}
		}
	}
	return "pass"
}

// readMessage reads one LDAPMessage as it is.
func readMessage(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(2)
	if err != nil {
		return nil, err
	}
	size, length := 2, int(head[1])
	if head[1] >= 0x80 {
		n := int(head[1] & 0x7f)
		if head, err = r.Peek(2 + n); err != nil {
			return nil, err
		}
		if n > 4 {
			return nil, errors.New("a message of more than 4 GiB")
		}
		var wide [4]byte
		copy(wide[4-n:], head[2:])
		size, length = 2+n, int(binary.BigEndian.Uint32(wide[:]))
	}
	message := make([]byte, size+length)
	_, err = io.ReadFull(r, message)
	return message, err
}

// body returns what is inside a message: its id and its operation.
func body(message []byte) []byte {
	if message[1] < 0x80 {
		return message[2:]
	}
	return message[2+int(message[1]&0x7f):]
}

func operation(message []byte) byte {
	b := body(message)
	return b[2+int(b[1])]
}

// refusal answers a write with insufficientAccessRights.
func refusal(message []byte) []byte {
	b := body(message)
	id := b[:2+int(b[1])]
	answer := map[byte]byte{tagModify: 0x67, tagAdd: 0x69, tagDelete: 0x6b, tagRename: 0x6d}[operation(message)]
	op := []byte{answer, 7, 0x0a, 1, 50, 0x04, 0, 0x04, 0}
	return append([]byte{0x30, byte(len(id) + len(op))}, append(append([]byte{}, id...), op...)...)
}
