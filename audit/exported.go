package audit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// EachExported hands the records of an export to fn, in order. It does not check the
// chain: VerifyExport does.
func EachExported(r io.Reader, fn func(Record) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for n := 1; lines.Scan(); n++ {
		if n == 1 || bytes.HasPrefix(lines.Bytes(), []byte(`{"head":`)) {
			continue
		}
		var record Record
		if err := decode(lines.Bytes(), &record); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := fn(record); err != nil {
			return err
		}
	}
	return lines.Err()
}
