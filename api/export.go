package api

import (
	"context"
	"encoding/csv"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/spreadsheet"
)

const csvType = "text/csv"

// perRead is how many entries of a file are held at once; perWrite how long a client may
// take to receive them.
const (
	perRead  = 200
	perWrite = 2 * time.Minute
)

// file is the whole list, read and sent part by part. Whatever is wrong with the question
// is told before the first line is sent; a fault later on breaks the connection, so that
// nobody takes a part for the whole.
func (l list[T]) file(ctx context.Context, s *server, who approval.Actor, ask desk.Query) (*huma.StreamResponse, error) {
	ask.Limit = perRead
	found, err := l.find(ctx, who, ask)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", csvType+"; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="`+l.name+`.csv"`)
		c.SetStatus(http.StatusOK)
		out := csv.NewWriter(c.BodyWriter())
		_ = out.Write(l.header)
		for {
			for _, entry := range found {
				_ = out.Write(spreadsheet.DefusedRow(l.row(entry)))
			}
			out.Flush()
			if len(found) < perRead || out.Error() != nil {
				return
			}
			if w, ok := c.BodyWriter().(http.ResponseWriter); ok {
				_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(perWrite)) // a test's writer has none
			}
			ask.Before = l.number(found[len(found)-1])
			if found, err = l.find(c.Context(), who, ask); err != nil {
				s.Log.Error("api: an export broke off", "list", l.name, "error", err)
				panic(http.ErrAbortHandler)
			}
		}
	}}, nil
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
