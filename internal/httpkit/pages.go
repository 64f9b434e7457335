package httpkit

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"strings"

	"birthright/identity"
)

// mostPages ends a list that never ends.
const mostPages = 1_000_000

// Pages asks for first and for every page after it. next makes the request for the
// page after an answer; false where that was the last. A request that was made
// before is an error: a list whose cursor stands still would read as whole.
func (c *Client) Pages(ctx context.Context, first Request, next func(Request, *Response) (Request, bool, error)) iter.Seq2[*Response, error] {
	return func(yield func(*Response, error) bool) {
		asked := map[string]bool{}
		for r := first; ; {
			key := r.Path + "?" + r.Query.Encode() + "\x00" + string(r.Body)
			if asked[key] || len(asked) > mostPages {
				yield(nil, &identity.Error{Kind: identity.Incomplete, Op: "read", Object: r.name(),
					Err: errors.New("the system offered a page again that was read already")})
				return
			}
			asked[key] = true
			resp, err := c.Do(ctx, r)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(resp, nil) {
				return
			}
			follow, more, err := next(r, resp)
			if err != nil {
				yield(nil, err)
				return
			}
			if !more {
				return
			}
			r = follow
		}
	}
}

// NextLink follows the Link header with rel="next" (RFC 8288), within the base URL:
// credentials travel nowhere else.
func (c *Client) NextLink(r Request, resp *Response) (Request, bool, error) {
	for _, value := range resp.Header.Values("Link") {
		for link := range strings.SplitSeq(value, ",") {
			target, params, ok := strings.Cut(strings.TrimSpace(link), ">")
			if !ok || !strings.HasPrefix(target, "<") || !isNext(params) {
				continue
			}
			return c.At(r, target[1:])
		}
	}
	return Request{}, false, nil
}

func isNext(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "rel") && strings.Trim(value, `"`) == "next" {
			return true
		}
	}
	return false
}

// At returns r for an address that an answer gave, absolute or from the root. One
// that is not below the base URL is an error.
func (c *Client) At(r Request, address string) (Request, bool, error) {
	base, err := url.Parse(c.base)
	if err == nil {
		var u *url.URL
		if u, err = base.Parse(address); err == nil {
			path, below := strings.CutPrefix(u.EscapedPath(), base.EscapedPath())
			if u.Host == base.Host && u.Scheme == base.Scheme && below && (path == "" || strings.HasPrefix(path, "/")) {
				r.Path, r.Query = path, u.Query()
				return r, true, nil
			}
			err = errors.New("the address of the next page is not below the base URL")
		}
	}
	return Request{}, false, &identity.Error{Kind: identity.Incomplete, Op: "read", Object: r.name(), Err: err,
		Hint: "something between us and the system may rewrite addresses: check url"}
}
