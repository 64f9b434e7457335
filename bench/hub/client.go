package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Client speaks SCIM, or any JSON, to one server with a bearer token.
type Client struct {
	http        *http.Client
	base, token string
}

// connections is how many a client keeps open.
const connections = 256

func newClient(base, token string) *Client {
	transport := &http.Transport{MaxIdleConnsPerHost: connections, MaxIdleConns: connections}
	return &Client{http: &http.Client{Timeout: time.Minute, Transport: transport}, base: base, token: token}
}

// NewClient returns a client of another server than a hub.
func NewClient(base string) *Client { return newClient(base, "none") }

// NewClientWith returns a client of a server that wants a token.
func NewClientWith(base, token string) *Client { return newClient(base, token) }

// Create posts a resource and returns its id.
func (c *Client) Create(ctx context.Context, path string, resource []byte) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	answer, err := c.do(ctx, http.MethodPost, path, resource)
	if err != nil {
		return "", err
	}
	return made.ID, json.Unmarshal(answer, &made)
}

// Replace sets attributes of a user with one PATCH.
func (c *Client) Replace(ctx context.Context, id string, values map[string]any) error {
	body, err := json.Marshal(map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []any{map[string]any{"op": "replace", "value": values}},
	})
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodPatch, "/Users/"+id, body)
	return err
}

// Get reads what is at path, with its query.
func (c *Client) Get(ctx context.Context, path string) ([]byte, error) {
	return c.do(ctx, http.MethodGet, path, nil)
}

// Patch changes what is at path.
func (c *Client) Patch(ctx context.Context, path string, body []byte) error {
	_, err := c.do(ctx, http.MethodPatch, path, body)
	return err
}

func (c *Client) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/scim+json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	return answer, err
}
