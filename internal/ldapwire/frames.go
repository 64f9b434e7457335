package ldapwire

import (
	"errors"
	"fmt"
	"io"
)

// frames cuts a stream into LDAP messages without copying them: a message is a
// piece of the buffer, valid until the next call.
type frames struct {
	r    io.Reader
	most int // the largest message taken, in bytes
	buf  []byte
	from int // first byte not handed out yet
	to   int // end of what was read
}

const firstBuffer = 128 << 10

func newFrames(r io.Reader, most int) *frames {
	return &frames{r: r, most: most, buf: make([]byte, firstBuffer)}
}

// buffered is the number of bytes read but not handed out.
func (f *frames) buffered() int { return f.to - f.from }

// next returns the content of the next message, which is a SEQUENCE. At the end
// of the stream it returns io.EOF, within a message io.ErrUnexpectedEOF.
func (f *frames) next() ([]byte, error) {
	for {
		tag, head, n, complete, err := header(f.buf[f.from:f.to])
		if err != nil {
			return nil, err
		}
		if complete {
			if tag != tagSequence {
				return nil, fmt.Errorf("message begins with tag 0x%02x, want 0x%02x: the peer does not speak LDAP", tag, tagSequence)
			}
			if n > f.most {
				return nil, fmt.Errorf("message of %d bytes: at most %d are taken", n, f.most)
			}
			if err := f.fill(head + n); err != nil {
				return nil, err
			}
			content := f.buf[f.from+head : f.from+head+n]
			f.from += head + n
			return content, nil
		}
		if err := f.fill(f.buffered() + 1); err != nil {
			return nil, err
		}
	}
}

// fill reads until n bytes are at hand. The buffer grows with what has really
// arrived, at most twice as large, whatever length the peer announced.
func (f *frames) fill(n int) error {
	for f.buffered() < n {
		if f.from > 0 && f.from+n > len(f.buf) {
			copy(f.buf, f.buf[f.from:f.to])
			f.from, f.to = 0, f.buffered()
		}
		if f.to == len(f.buf) {
			f.buf = append(f.buf, make([]byte, len(f.buf))...)
		}
		got, err := f.r.Read(f.buf[f.to:])
		f.to += got
		if got == 0 && err != nil {
			if errors.Is(err, io.EOF) && f.buffered() > 0 {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}
