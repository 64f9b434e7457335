package api

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// linesType is that of a file with one JSON object a line.
const linesType = "application/jsonl"

// streamed describes an operation that sends a file.
func streamed(op huma.Operation, kind string) huma.Operation {
	op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {
		Description: op.Summary, Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	return op
}

// stream sends a file while it is written. Whatever refuses it is told before the first
// byte; a fault later on breaks the connection, so that nobody takes a part for the whole.
func (s *server) stream(ctx context.Context, kind, name string, write func(ctx context.Context, w io.Writer, allowed func()) error) (*huma.StreamResponse, error) {
	reader, writer := io.Pipe()
	began := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		err := write(ctx, writer, func() { close(began) })
		_ = writer.CloseWithError(err) // it always succeeds
		ended <- err
	}()
	select {
	case err := <-ended:
		if err == nil {
			break // it was short, and is in the pipe's reader no more than an end
		}
		return nil, err
	case <-began:
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer reader.Close()
		c.SetHeader("Content-Type", kind)
		c.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		c.SetStatus(http.StatusOK)
		out := unhurried{c.BodyWriter()}
		if _, err := io.Copy(out, reader); err != nil {
			s.Log.Error("api: a file broke off", "file", name, "error", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// unhurried gives whoever reads a long answer time for each part of it.
type unhurried struct{ to io.Writer }

// Write implements io.Writer.
func (u unhurried) Write(p []byte) (int, error) {
	if w, ok := u.to.(http.ResponseWriter); ok {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(perWrite)) // a test's writer has none
	}
	return u.to.Write(p)
}
