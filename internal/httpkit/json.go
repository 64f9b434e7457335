package httpkit

import (
	"context"
	"encoding/json"
	"errors"
)

// JSON sends in as JSON, nothing where it is nil, and decodes the answer into out
// where that is not nil. A success that is not JSON is a failure of unknown effect:
// a page to sign in, served with 200 by something in between, is no change made.
func (c *Client) JSON(ctx context.Context, r Request, in, out any) (*Response, error) {
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		r.Body = body
		if r.ContentType == "" {
			r.ContentType = "application/json"
		}
	}
	if r.Accept == "" {
		r.Accept = "application/json"
	}
	resp, err := c.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return resp, resp.Decode(out)
}

// Decode reads the answer's JSON into out; where that is nil, it only looks whether
// the answer is empty or JSON.
func (r *Response) Decode(out any) error {
	if len(r.Body) == 0 && out == nil {
		return nil
	}
	if out == nil {
		out = new(json.RawMessage)
	}
	if err := json.Unmarshal(r.Body, out); err != nil {
		text := "success, but the answer is not what was expected"
		if !json.Valid(r.Body) {
			text = "success, but the answer is not JSON"
		}
		return &Failure{Request: r.Request, Sent: true, Status: r.Status, Err: errors.New(text),
			Hint: "something between us and the system may have answered: check url"}
	}
	return nil
}
