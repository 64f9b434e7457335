package main

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/identity"
	"birthright/store"
	"birthright/tokens"
)

// site is a running hub with somebody logged in, and programs with tokens.
type site struct {
	base, user       string
	browser, program *http.Client
	// tokens are many, since each may ask only so often.
	tokens []string
	turn   int
}

// manyTokens is enough for the reads of one run.
const manyTokens = 100

func serve(ctx context.Context, h *hub.Hub) (*site, error) {
	if _, err := h.Serve(ctx); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	s := &site{
		base: h.URL(), browser: &http.Client{Jar: jar},
		program: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	person := ""
	err = h.Store.Update(ctx, func(tx *store.Tx) error {
		found, err := tx.Users(ctx, store.UserFilter{State: identity.Active, Limit: 1})
		if err != nil || len(found) == 0 {
			return errors.Join(err, errors.New("nobody is there"))
		}
		s.user = found[0].UserName
		for range manyTokens {
			plain, t, err := tokens.New(rand.Reader, "", tokens.ScopeAdmin, h.Now(), 0)
			if err != nil {
				return err
			}
			s.tokens = append(s.tokens, plain)
			if err := tx.SaveToken(ctx, store.TokenRow(t)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if person, _, err = h.LoginLink(ctx, s.base, ""); err != nil {
		return nil, err
	}
	return s, s.login(ctx, person)
}

func (s *site) resolve(path string) string {
	return strings.ReplaceAll(path, "{user}", url.PathEscape(s.user))
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// login uses a link that logs in once.
func (s *site) login(ctx context.Context, link string) error {
	page, err := s.get(ctx, list{path: strings.TrimPrefix(link, s.base)})
	if err != nil {
		return err
	}
	form := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(string(page), -1) {
		form.Set(field[1], field[2])
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/login/once", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := s.browser.Do(r)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || strings.HasPrefix(answer.Request.URL.Path, "/login") {
		return errors.New("the link does not log in: " + answer.Status + " at " + answer.Request.URL.Path)
	}
	return nil
}

var asset = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// weigh adds up what a browser loads for the first page, as it travels.
func (s *site) weigh(ctx context.Context, result *measure.Result) error {
	page, err := s.get(ctx, list{path: "/"})
	if err != nil {
		return err
	}
	result.Counts["page"], result.Counts["weight"] = len(page), len(page)
	for _, found := range asset.FindAllStringSubmatch(string(page), -1) {
		body, err := s.get(ctx, list{path: found[1]})
		if err != nil {
			return err
		}
		result.Counts["weight"] += zipped(body)
	}
	return nil
}

// zipped is how many bytes something is on its way.
func zipped(text []byte) int {
	n := counter(0)
	w := gzip.NewWriter(&n)
	_, _ = w.Write(text)
	_ = w.Close()
	return int(n)
}

// counter counts what is written.
type counter int

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
