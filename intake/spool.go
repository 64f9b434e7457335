package intake

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"birthright/identity"
)

// spool keeps what a pull told until the pull is known to be whole: a
// write-once temporary file, so that memory does not grow with the source. The
// file appears when the buffer is full, is readable by its owner only, and has
// no name while it is open, where the system allows that.
type spool struct {
	dir  string
	file *os.File
	out  *bufio.Writer
	buf  []byte // the entry being encoded
	len  int    // entries written
}

func newSpool(dir string) *spool {
	s := &spool{dir: dir}
	s.out = bufio.NewWriterSize(lazyFile{s}, 1<<18)
	return s
}

// lazyFile makes the spool's file at the first write.
type lazyFile struct{ s *spool }

func (l lazyFile) Write(p []byte) (int, error) {
	if l.s.file == nil {
		f, err := os.CreateTemp(l.s.dir, "birthright-import-*")
		if err != nil {
			return 0, fmt.Errorf("keep the import aside: %w", err)
		}
		l.s.file = f
		// Without its name the file vanishes with the process. Where an open
		// file cannot be removed, close does it.
		_ = os.Remove(f.Name())
	}
	return l.s.file.Write(p)
}

// close throws the spool away.
func (s *spool) close() {
	if s.file == nil {
		return
	}
	_ = s.file.Close()           // nothing in it is needed any more
	_ = os.Remove(s.file.Name()) // fails where it already has no name
}

// putRecord appends r's key, attributes and payload.
func (s *spool) putRecord(r identity.Record) error {
	b := s.begin()
	b = appendText(b, r.Key)
	b = appendText(b, string(r.Payload))
	b = binary.AppendUvarint(b, uint64(len(r.Attributes)))
	for name, values := range r.Attributes {
		b = appendText(b, name)
		b = binary.AppendUvarint(b, uint64(len(values)))
		for _, value := range values {
			b = appendText(b, value)
		}
	}
	return s.end(b)
}

// putGroup appends g's key, name and payload, and its members.
func (s *spool) putGroup(g identity.SourceGroup, members []identity.MemberRef) error {
	b := s.begin()
	b = appendText(b, g.Key)
	b = appendText(b, g.Name)
	b = appendText(b, string(g.Payload))
	b = binary.AppendUvarint(b, uint64(len(members)))
	for _, m := range members {
		kind := uint64(0)
		if m.Group {
			kind = 1
		}
		b = appendText(binary.AppendUvarint(b, kind), m.Key)
	}
	return s.end(b)
}

const lengthBytes = 4

// begin returns the buffer with room for the length of the entry.
func (s *spool) begin() []byte { return append(s.buf[:0], make([]byte, lengthBytes)...) }

func (s *spool) end(b []byte) error {
	binary.LittleEndian.PutUint32(b, uint32(len(b)-lengthBytes))
	s.buf = b
	s.len++
	_, err := s.out.Write(b)
	return err
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// records yields what putRecord wrote, size records at a time.
func (s *spool) records(ctx context.Context, size int) iter.Seq2[[]identity.Record, error] {
	return batches(ctx, s, size, (*entryReader).record)
}

// groups yields what putGroup wrote, size groups at a time.
func (s *spool) groups(ctx context.Context, size int) iter.Seq2[[]toldGroup, error] {
	return batches(ctx, s, size, (*entryReader).group)
}

// toldGroup is a group as a pull told it.
type toldGroup struct {
	group   identity.SourceGroup
	members []identity.MemberRef
}

// batches decodes the spool from its beginning.
func batches[T any](ctx context.Context, s *spool, size int, decode func(*entryReader) T) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		in, err := s.reader()
		if err != nil {
			yield(nil, err)
			return
		}
		names := map[string]string{}
		for left := s.len; left > 0; left -= size {
			out := make([]T, 0, min(size, left))
			for range min(size, left) {
				e, err := readEntry(in, names)
				if err == nil {
					out = append(out, decode(e))
					err = errors.Join(e.err, ctx.Err())
				}
				if err != nil {
					yield(nil, fmt.Errorf("read the import that was kept aside: %w", err))
					return
				}
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// reader returns the spool's contents from the beginning. Everything must have
// been written before.
func (s *spool) reader() (io.Reader, error) {
	if s.len == 0 {
		return nil, nil
	}
	if err := s.out.Flush(); err != nil {
		return nil, err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(s.file, 1<<18), nil
}

// entryReader takes one entry apart. Its texts share one string.
type entryReader struct {
	rest  string
	names map[string]string // attribute names met so far, to hold each once
	err   error
}

func readEntry(in io.Reader, names map[string]string) (*entryReader, error) {
	var head [lengthBytes]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	body := make([]byte, binary.LittleEndian.Uint32(head[:]))
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	return &entryReader{rest: string(body), names: names}, nil
}

func (e *entryReader) number() int {
	var n uint64
	for shift := 0; ; shift += 7 {
		if len(e.rest) == 0 || shift > 63 {
			e.err = io.ErrUnexpectedEOF
			return 0
		}
		c := e.rest[0]
		e.rest = e.rest[1:]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return int(n)
		}
	}
}

func (e *entryReader) text() string {
	n := e.number()
	if n < 0 || n > len(e.rest) {
		e.err = io.ErrUnexpectedEOF
		return ""
	}
	text := e.rest[:n]
	e.rest = e.rest[n:]
	return text
}

// name is text that many entries have in common.
func (e *entryReader) name() string {
	name := e.text()
	if known, ok := e.names[name]; ok {
		return known
	}
	e.names[name] = name
	return name
}

func (e *entryReader) payload() []byte {
	if text := e.text(); text != "" {
		return []byte(text)
	}
	return nil
}

func (e *entryReader) record() identity.Record {
	r := identity.Record{Key: e.text(), Payload: e.payload()}
	count := e.number()
	r.Attributes = make(identity.Attributes, min(count, len(e.rest)))
	for i := 0; i < count && e.err == nil; i++ {
		name := e.name()
		values := make([]string, 0, 1)
		for left := e.number(); left > 0 && e.err == nil; left-- {
			values = append(values, e.text())
		}
		r.Attributes[name] = values
	}
	return r
}

func (e *entryReader) group() toldGroup {
	g := toldGroup{group: identity.SourceGroup{Key: e.text(), Name: e.text(), Payload: e.payload()}}
	for left := e.number(); left > 0 && e.err == nil; left-- {
		isGroup := e.number() == 1
		g.members = append(g.members, identity.MemberRef{Key: e.text(), Group: isGroup})
	}
	return g
}
