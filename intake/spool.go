package intake

import (
	"bufio"
	"encoding/binary"
	"fmt"
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
