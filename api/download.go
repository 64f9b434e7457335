package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// perFile is how long a client may take to receive a file.
const perFile = 30 * time.Minute

// linesType is that of a file with one JSON object a line.
const linesType = "application/jsonl"

// streamed describes an operation that sends a file.
func streamed(op huma.Operation, kind string) huma.Operation {
	op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {
		Description: op.Summary, Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	return op
}

// download is a file that was made before its first byte is sent, so that what goes wrong
// is told as an error and never as a file that is too short.
type download struct {
	name, kind string
	header     map[string]string
	file       *os.File
}

// spooled has a file written into a temporary one.
func spooled(name, kind string, write func(io.Writer) error) (*download, error) {
	f, err := os.CreateTemp("", "birthright-*")
	if err != nil {
		return nil, err
	}
	d := &download{name: name, kind: kind, file: f, header: map[string]string{}}
	if err := write(f); err != nil {
		d.drop()
		return nil, err
	}
	return d, nil
}

func (d *download) drop() {
	_ = d.file.Close()
	_ = os.Remove(d.file.Name())
}

// answer sends it.
func (d *download) answer(s *server) (*huma.StreamResponse, error) {
	size, err := d.file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = d.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		d.drop()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer d.drop()
		if w, ok := c.BodyWriter().(http.ResponseWriter); ok {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(perFile)) // a test's writer has none
		}
		for name, value := range d.header {
			c.SetHeader(name, value)
		}
		c.SetHeader("Content-Type", d.kind)
		c.SetHeader("Content-Length", strconv.FormatInt(size, 10))
		c.SetHeader("Content-Disposition", `attachment; filename="`+d.name+`"`)
		c.SetStatus(http.StatusOK)
		if _, err := io.Copy(c.BodyWriter(), d.file); err != nil && !errors.Is(err, context.Canceled) {
			s.Log.Debug("api: a file was not taken", "file", d.name, "error", err)
		}
	}}, nil
}

// unkept marks operations whose answers are files: they are not kept for those who send a
// key, since they are large and nothing is done twice by making one again.
func unkept(r *http.Request) bool { return r.URL.Path == Prefix+"/evidence" }
