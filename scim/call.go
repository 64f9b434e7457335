package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/scim/fault"
	"birthright/scim/inspect"
	"birthright/scim/resource"
)

const mediaType = "application/scim+json"

// call is one request on its way through the front door.
type call struct {
	*http.Request
	h      *handler
	w      http.ResponseWriter
	talk   *inspect.Talk // for people who look for what went wrong; how a request was read goes to its Notes
	base   string        // absolute address of the front door
	source *Source       // whose token it carries
	query  url.Values
	id     string // the resource in the path, "" for none

	condition precondition
	reading   *resource.Reading
	dialect   string         // "" for an unknown one
	body      map[string]any // read already, as part of another request
	taken     []func()       // what is given back when the request ends
	scanning  bool           // it has a turn at looking at every resource
}

// answer is what a request gets: a status, and a body unless it is nil.
type answer struct {
	status   int
	body     any
	location string
	version  int64 // of the resource that it is about; 0 for none
}

// notModified answers a reader who has the resource already.
func notModified(version int64) answer {
	return answer{status: http.StatusNotModified, version: version}
}

// object reads the body as one JSON object of at most limit bytes.
func (c *call) object(limit int64) (map[string]any, error) {
	if c.body != nil {
		return c.body, nil
	}
	if err := readable(c.Header); err != nil {
		return nil, err
	}
	c.bodyDeadline()
	data, err := io.ReadAll(http.MaxBytesReader(inspect.Server(c.w), c.Body, limit))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, fault.New(http.StatusRequestEntityTooLarge, "The body is longer than %d bytes. Send it in parts.", limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, fault.New(http.StatusRequestTimeout, "The body did not arrive within %s.", c.h.limits.Time)
	case err != nil:
		return nil, fault.InvalidSyntax("The body could not be read to its end.")
	}
	if err := c.workOn(len(data)); err != nil {
		return nil, err
	}
	return resource.ReadObject(data)
}

// readable refuses bodies that are not plain JSON.
func readable(header http.Header) error {
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return fault.New(http.StatusUnsupportedMediaType, "The content encoding %q is not supported; send the body as it is.", encoding)
	}
	value := header.Get("Content-Type")
	if value == "" {
		return nil
	}
	kind, parameters, err := mime.ParseMediaType(value)
	if charset := parameters["charset"]; err != nil || charset != "" && !strings.EqualFold(charset, "utf-8") {
		kind = ""
	}
	switch kind {
	case mediaType, "application/json":
		return nil
	}
	return fault.New(http.StatusUnsupportedMediaType, "The media type %q is not supported; use %s.", value, mediaType)
}

// acceptable refuses clients that could not read a SCIM answer.
func acceptable(accept []string) error {
	ranges := strings.Split(strings.Join(accept, ","), ",")
	for _, r := range ranges {
		kind, _, _ := strings.Cut(r, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "", "*/*", "application/*", "application/json", mediaType:
			return nil
		}
	}
	return fault.New(http.StatusNotAcceptable, "Answers are %s; the Accept header rules that out.", mediaType)
}

// write sends an answer.
func (c *call) write(a answer) {
	header := c.w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if a.location != "" {
		header.Set("Location", a.location)
	}
	if a.version > 0 {
		header.Set("ETag", etag(a.version))
	}
	if a.body == nil {
		c.w.WriteHeader(a.status)
		return
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a.body); err != nil {
		panic(err) // a value that JSON has no form for: a fault of ours, answered above
	}
	header.Set("Content-Type", mediaType)
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	c.w.WriteHeader(a.status)
	_, _ = c.w.Write(body.Bytes()) // the client may be gone; there is nobody to tell
}

// refuse sends an error.
func (c *call) refuse(err error) {
	var told fault.Error
	if errors.As(err, &told) {
		c.write(answer{status: told.Status, body: told})
	}
}

// fail sends an error of any origin.
func (h *handler) fail(c *call, err error) {
	told := h.told(c, err)
	if told.Status == http.StatusServiceUnavailable || told.Status == http.StatusTooManyRequests {
		c.w.Header().Set("Retry-After", "5")
	}
	c.refuse(told)
}

// told makes of an error of any origin what the client is told. What is not meant
// for it is logged and said in general words.
func (h *handler) told(c *call, err error) fault.Error {
	var told fault.Error
	if errors.As(err, &told) {
		return told
	}
	if errors.Is(c.Context().Err(), context.DeadlineExceeded) {
		err = errors.Join(context.DeadlineExceeded, err) // the database words it in its own way
	}
	told = h.general(err)
	level := h.o.Log.Warn
	if told.Status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		level = h.o.Log.Error
	}
	level("scim: request failed", "method", c.Method, "path", c.URL.Path, "status", told.Status, "error", err)
	return told
}

// general words an error by its kind alone.
func (h *handler) general(err error) fault.Error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Error{Status: http.StatusServiceUnavailable, Detail: fmt.Sprintf("This took longer than %s and was given up. Ask for less, or try again.", h.limits.Time)}
	}
	status, detail := http.StatusInternalServerError, "The request could not be carried out; the reason is in the hub's log."
	switch identity.KindOf(err) {
	case identity.Invalid:
		var invalid fault.Error
		errors.As(fault.InvalidValue("A value of the request cannot be taken; the reason is in the hub's log."), &invalid)
		return invalid
	case identity.NotFound:
		status, detail = http.StatusNotFound, "There is no such resource."
	case identity.Conflict:
		status, detail = http.StatusConflict, "The request clashes with what is there."
	case identity.Denied:
		status, detail = http.StatusForbidden, "This is not allowed."
	case identity.Held:
		status, detail = http.StatusConflict, "A guard of the hub stopped this; a person has to release it."
		var held *identity.Error
		if errors.As(err, &held) && held.Hint != "" { // a guard's words are made for people
			text := held.Err.Error()
			detail = strings.ToUpper(text[:1]) + text[1:] + ". " + held.Hint + "."
		}
	case identity.Unavailable:
		status, detail = http.StatusServiceUnavailable, "The hub cannot do this at the moment. Try again."
	case identity.Throttled:
		status, detail = http.StatusTooManyRequests, "There are too many requests at the moment. Try again."
	}
	return fault.Error{Status: status, Detail: detail}
}

func trimSlash(s string) string { return strings.TrimRight(s, "/") }
