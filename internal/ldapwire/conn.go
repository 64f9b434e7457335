package ldapwire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// Options say how to reach a server.
type Options struct {
	Address string      // host:port
	TLS     *tls.Config // nil means no TLS at all
	// StartTLS begins in plain text and upgrades before anything else is said;
	// otherwise TLS, if given, is spoken from the first byte.
	StartTLS bool
	// Timeout bounds the connection's setup and every wait for bytes; 0 means 30 s.
	Timeout time.Duration
	// MaxMessage is the largest message taken, in bytes; 0 means 64 MiB, enough
	// for a group of a million members.
	MaxMessage int
}

const (
	defaultTimeout    = 30 * time.Second
	defaultMaxMessage = 64 << 20
	startTLSOID       = "1.3.6.1.4.1.1466.20037"
)

// Conn is a connection to a server, for one caller at a time.
type Conn struct {
	ctx     context.Context // ends the connection with itself; see Dial
	net     net.Conn
	frames  *frames
	timeout time.Duration
	most    int
	lastID  int64
	release func() bool
}

// Dial connects, and upgrades where asked to. The connection lives no longer
// than ctx: everything that waits on it ends with an error that wraps ctx's.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxMessage == 0 {
		o.MaxMessage = defaultMaxMessage
	}
	dialer := net.Dialer{Timeout: o.Timeout}
	socket, err := dialer.DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, err
	}
	c := &Conn{ctx: ctx, timeout: o.Timeout, most: o.MaxMessage}
	c.release = context.AfterFunc(ctx, func() { socket.Close() })
	c.use(socket)
	if err := c.secure(o); err != nil {
		c.Close()
		return nil, c.explain(err)
	}
	return c, nil
}

// use makes socket the connection's stream.
func (c *Conn) use(socket net.Conn) {
	c.net = socket
	c.frames = newFrames(patient{socket, c.timeout}, c.most)
}

func (c *Conn) secure(o Options) error {
	if o.TLS == nil {
		return nil
	}
	if o.StartTLS {
		if err := c.startTLS(); err != nil {
			return fmt.Errorf("StartTLS: %w", err)
		}
	}
	secured := tls.Client(c.net, o.TLS)
	ctx, cancel := context.WithTimeout(c.ctx, o.Timeout)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
	c.use(secured)
	return nil
}

// startTLS asks for the upgrade. Bytes that came in plain text behind the
// agreement may have been slipped in by somebody else, so there must be none.
func (c *Conn) startTLS() error {
	id, err := c.send(newElement(tagExtendedRequest, newString(tagExtendedName, startTLSOID)), nil)
	if err != nil {
		return err
	}
	if err := c.awaitResult(id, tagExtendedResponse); err != nil {
		return err
	}
	if n := c.frames.buffered(); n > 0 {
		return fmt.Errorf("%d bytes in plain text follow the agreement to use TLS", n)
	}
	return nil
}

// Bind authenticates by name and password; both empty means anonymous. A name
// without a password is refused here, because servers take it for anonymous.
func (c *Conn) Bind(dn, password string) error {
	if dn != "" && password == "" {
		return errors.New("bind with a name but no password: the server would take it for anonymous")
	}
	request := newElement(tagBindRequest, newInt(tagInteger, 3), newString(tagOctetString, dn), newString(tagSimplePassword, password))
	id, err := c.send(request, nil)
	if err != nil {
		return c.explain(err)
	}
	return c.explain(c.awaitResult(id, tagBindResponse))
}

// Close says goodbye and ends the connection.
func (c *Conn) Close() error {
	c.release()
	if c.ctx.Err() == nil {
		// A courtesy; a peer that is gone does not need it.
		_, _ = c.send([]byte{tagUnbindRequest, 0}, nil)
	}
	return c.net.Close()
}

// send writes a message and returns its id.
func (c *Conn) send(op, controls []byte) (int64, error) {
	c.lastID++
	b := newElement(tagSequence, newInt(tagInteger, c.lastID), op, controls)
	if err := c.net.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	if _, err := c.net.Write(b); err != nil {
		return 0, err
	}
	return c.lastID, nil
}

// receive returns the next message.
func (c *Conn) receive() (message, error) {
	b, err := c.frames.next()
	if err != nil {
		return message{}, err
	}
	m, err := readMessage(b)
	if err != nil {
		return message{}, fmt.Errorf("malformed message: %w", err)
	}
	if m.id == 0 {
		return message{}, c.disconnected(m)
	}
	return m, nil
}

// disconnected turns an unsolicited notification, which tells that the server
// is about to hang up, into an error.
func (c *Conn) disconnected(m message) error {
	if m.op == tagExtendedResponse {
		if refused, err := decodeResult(m.content); err == nil && refused != nil {
			return fmt.Errorf("the server ends the connection: %w", refused)
		}
	}
	return errors.New("the server sent a message that nobody asked for")
}

// awaitResult reads the single answer to request id.
func (c *Conn) awaitResult(id int64, op byte) error {
	m, err := c.receive()
	if err != nil {
		return err
	}
	if m.id != id || m.op != op {
		return fmt.Errorf("answer %d with tag 0x%02x, want %d with 0x%02x", m.id, m.op, id, op)
	}
	refused, err := decodeResult(m.content)
	if err != nil {
		return fmt.Errorf("malformed result: %w", err)
	}
	if refused != nil {
		return refused
	}
	return nil
}

// explain puts the end of the context in front of what it did to the socket.
func (c *Conn) explain(err error) error {
	if err != nil && c.ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(c.ctx), err)
	}
	return err
}

// patient is a socket each of whose reads waits no longer than the timeout.
type patient struct {
	net.Conn
	timeout time.Duration
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(p.timeout)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}
