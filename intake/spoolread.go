package intake

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"birthright/identity"
)

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

// ahead yields what seq yields, and reads on while the consumer is busy.
func ahead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	type item struct {
		value T
		err   error
	}
	return func(yield func(T, error) bool) {
		items, stop := make(chan item, 1), make(chan struct{})
		go func() {
			defer close(items)
			for value, err := range seq {
				select {
				case items <- item{value, err}:
				case <-stop:
					return
				}
			}
		}()
		defer func() {
			close(stop)
			for range items { // until the reader is done with the spool
			}
		}()
		for i := range items {
			if !yield(i.value, i.err) {
				return
			}
		}
	}
}
