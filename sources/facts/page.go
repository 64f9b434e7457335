package facts

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"sync"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/strictyaml"
	"birthright/sources"
)

// accepted are the media types that are understood.
const accepted = "application/json, application/yaml, text/csv"

// page is the same text at an address. It is fetched whole, or not at all where the
// server says by its ETag that it is as it was.
type page struct {
	source, name string // name is the address without what may be secret in it
	path, format string
	query        url.Values
	client       *httpkit.Client

	mu   sync.Mutex
	tag  string   // of kept
	kept document // as it was fetched last
}

func newPage(c *Config, env sources.Env) (*page, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("url cannot be read")
	}
	p := &page{source: env.Name, name: u.Scheme + "://" + u.Host + u.Path, path: u.EscapedPath(), format: c.Format, query: u.Query()}
	if p.path == "" {
		p.path = "/"
	}
	opt := httpkit.Options{Base: u.Scheme + "://" + u.Host, Dir: env.Dir, TLS: c.TLS, Timeout: c.Timeout, MaxAnswer: strictyaml.MaxSize, Now: env.Now}
	if !c.Token.IsZero() {
		opt.Auth = httpkit.Bearer(c.Token)
	}
	p.client, err = httpkit.New(opt)
	return p, err
}

// String is the address.
func (p *page) String() string { return p.name }

// Close lets go of idle connections.
func (p *page) Close() error {
	p.client.Close()
	return nil
}

func (p *page) load(ctx context.Context) (document, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := httpkit.Request{Method: http.MethodGet, Path: p.path, Query: p.query, Accept: accepted}
	if p.tag != "" {
		r.Header = map[string]string{"If-None-Match": p.tag}
	}
	resp, err := p.client.Do(ctx, r)
	if f := httpkit.AsFailure(err); f != nil {
		if f.Status == http.StatusNotModified && p.tag != "" {
			return p.kept, nil
		}
		return document{}, p.failed(f.Kind(), err)
	}
	if resp.Status != http.StatusOK { // 206 is a part, 204 says nothing
		return document{}, p.failed(identity.Incomplete, fmt.Errorf("%s: the answer %d is not the whole document", resp.Request, resp.Status))
	}
	rows, err := readerOf(p.format, resp.Header.Get("Content-Type"), p.path)
	if err != nil {
		return document{}, p.failed(identity.Invalid, err)
	}
	p.tag, p.kept = resp.Header.Get("ETag"), document{p.name, resp.Body, rows}
	return p.kept, nil
}

// readerOf finds what reads a document: by the settings, by its media type, or by the
// ending of its name. A page of HTML is none, whatever its name is: it asks for a
// login, or tells of trouble.
func readerOf(format, contentType, name string) (func(string, []byte) ([]row, error), error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "text/html" || kind == "application/xhtml+xml" {
		return nil, errors.New("the document is a page of HTML: check url and token")
	}
	names := []string{"." + format}
	if format == "" {
		names = []string{map[string]string{
			"application/json": ".json", "application/yaml": ".yaml", "application/x-yaml": ".yaml", "text/yaml": ".yaml", "text/csv": ".csv",
		}[kind], name}
	}
	for _, name := range names {
		if rows := reader(name); rows != nil {
			return rows, nil
		}
	}
	return nil, fmt.Errorf("the document is %q, and no name tells what it is either: send application/json, application/yaml or text/csv, or say format", contentType)
}

func (p *page) failed(kind identity.Kind, err error) error {
	return &identity.Error{Kind: kind, Op: op(p.source), Err: err}
}
