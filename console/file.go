package console

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"time"

	"birthright/reviews/document"
)

// perFile is how long a browser may take to receive a file.
const perFile = 30 * time.Minute

// file sends a report as a file, in the form that the address asks for.
func (c *Console) file(w http.ResponseWriter, r *http.Request, v visitor, name string, write func(document.Form, io.Writer) error) {
	form, err := document.ParseForm(r.URL.Query().Get("format"))
	if err != nil {
		c.fail(w, r, v, err)
		return
	}
	c.send(w, r, v, name+"."+form.Ending(), form.MediaType(), func(to io.Writer) error { return write(form, to) })
}

// send makes a file and sends it. It is made before its first byte is sent, so that what
// goes wrong is a page that says so and never a file that is too short.
func (c *Console) send(w http.ResponseWriter, r *http.Request, v visitor, name, kind string, write func(io.Writer) error) {
	f, err := os.CreateTemp("", "birthright-*")
	if err != nil {
		c.fail(w, r, v, err)
		return
	}
	defer func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }() // nobody needs it any more
	if err := write(f); err != nil {
		c.fail(w, r, v, err)
		return
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		c.fail(w, r, v, err)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(perFile)) // a test's writer has none
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = io.Copy(w, f)
}

// fail shows what is wrong instead of a file.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, v visitor, err error) {
	c.answer(func(*http.Request, visitor) (view, error) { return view{}, err })(w, r, v)
}
