package live

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// maxLine is how long a line of a stream may be.
const maxLine = 1 << 20

// Read hands the events of a stream to fn until the stream ends or fn says that it has
// heard enough. The error is io.ErrUnexpectedEOF where the stream just ended.
func Read(r io.Reader, fn func(Event) (enough bool)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		data, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is {
			continue
		}
		var e Event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return err
		}
		if fn(e) {
			return nil
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return io.ErrUnexpectedEOF
}
