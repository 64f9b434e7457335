package client

import (
	"context"
	"net/url"
	"strconv"

	"birthright/hub"
)

// pages reads the pages of a list until limit entries are there, or all where it is 0.
func pages[T any](ctx context.Context, c *Client, path string, query url.Values, after string, limit int) (hub.Page[T], error) {
	out := hub.Page[T]{Items: []T{}}
	for {
		query.Set("limit", page)
		if rest := limit - len(out.Items); limit > 0 && rest < 200 {
			query.Set("limit", strconv.Itoa(rest))
		}
		query.Del("cursor")
		if after != "" {
			query.Set("cursor", after)
		}
		var one hub.Page[T]
		if err := c.get(ctx, path, query, &one); err != nil {
			return hub.Page[T]{}, err
		}
		out.Items, after = append(out.Items, one.Items...), one.Next
		if after == "" || limit > 0 && len(out.Items) >= limit {
			out.Next = after
			return out, nil
		}
	}
}
