package mysql_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"regexp"
	"sync"
	"testing"

	"birthright/targets/targettest"
)

// proxy stands between the target and its server and makes trouble by the statement,
// so that a test says what fails and not when.
type proxy struct {
	address, upstream string

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	wg       sync.WaitGroup

	lose   *regexp.Regexp // the next such statement reaches the server, its answer is lost
	drop   *regexp.Regexp // the next such statement does not reach it
	cutAt  int            // the connection ends after so many packets of an answer, 0 for never
	writes []string       // what changed something, or should have

	requests int // that came so far
	at       int // the one that gets into trouble
	trouble  targettest.Trouble
	stopped  bool // counting
}

// writing are the statements that change something.
var writing = regexp.MustCompile(`^(GRANT|REVOKE|CREATE|ALTER|RENAME|DROP|SET DEFAULT)`)

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
	var talk talk
	p.wg.Go(func() { defer both(); p.answers(server, client, &talk) })
	requests := bufio.NewReader(client)
	for {
		packet, err := readPacket(requests)
		if err != nil {
			return
		}
		verdict := p.judge(packet)
		switch verdict {
		case "":
			talk.set(false)
		case "drop":
			return
		case "lose":
			talk.set(true)
		default: // what to answer in the server's place
			if !forward(client, []byte(verdict)) || verdict == webpage {
				return
			}
			continue
		}
		if !forward(server, packet) {
			return
		}
	}
}

// talk is what both directions of a connection know of each other.
type talk struct {
	mu      sync.Mutex
	lose    bool
	packets int // of the answer to the last request
}

func (k *talk) set(lose bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lose, k.packets = lose, 0
}

func (k *talk) next() (lose bool, packets int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.packets++
	return k.lose, k.packets
}

// judge says what becomes of a packet to the server: a statement begins a sequence, and
// its first byte says that it is one.
func (p *proxy) judge(packet []byte) string {
	const query = 3
	if packet[3] != 0 || len(packet) < 5 || packet[4] != query {
		return ""
	}
	text := string(packet[5:])
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.stopped {
		p.requests++
	}
	if verdict := planted(p.trouble); verdict != "" && p.requests == p.at+1 {
		return verdict
	}
	if writing.MatchString(text) {
		p.writes = append(p.writes, text)
	}
	switch {
	case p.lose != nil && p.lose.MatchString(text):
		p.lose = nil
		return "lose"
	case p.drop != nil && p.drop.MatchString(text):
		p.drop = nil
		return "drop"
	}
	return ""
}

// webpage is what something says that is no such server, and ends the connection.
const webpage = "HTTP/1.1 200 OK\r\n\r\n"

// plant has the request that comes after so many others get into trouble. Of kinds that
// come to the same, one is planted.
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
	case targettest.ThrottledUntil:
		return refusal(1205, "Lock wait timeout exceeded; try restarting transaction")
	case targettest.Unavailable:
		return refusal(1047, "WSREP has not yet prepared node for application use")
	case targettest.Denied:
		return refusal(1227, "Access denied; you need (at least one of) the CREATE USER privilege(s) for this operation")
	case targettest.CutBefore:
		return "drop"
	case targettest.Webpage:
		return webpage
	case targettest.LostReply:
		return "lose"
	}
	return ""
}

// refusal is an answer of the server as it is on the wire: the first of a sequence.
func refusal(number uint16, text string) string {
	body := "\xff" + string([]byte{byte(number), byte(number >> 8)}) + "#HY000" + text
	return string([]byte{byte(len(body)), byte(len(body) >> 8), 0, 1}) + body
}

// answers passes on what the server says, until its answer is to be lost.
func (p *proxy) answers(server, client net.Conn, talk *talk) {
	answers := bufio.NewReader(server)
	for {
		packet, err := readPacket(answers)
		if err != nil {
			return
		}
		lose, packets := talk.next()
		cut := 0
		p.set(func() { cut = p.cutAt })
		if lose || cut > 0 && packets > cut || !forward(client, packet) {
			return
		}
	}
}

func forward(to io.Writer, packet []byte) bool {
	_, err := to.Write(packet)
	return err == nil
}

// readPacket reads a packet of the protocol: three bytes of length, a number, the rest.
func readPacket(r *bufio.Reader) ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	rest := make([]byte, int(head[0])|int(head[1])<<8|int(head[2])<<16)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{head, rest}, nil), nil
}

// count is how many requests came so far. None are counted while nothing can happen to
// them, so that nothing is tried at each of them.
func (p *proxy) count() (n int) {
	p.set(func() { n = p.requests })
	return n
}
