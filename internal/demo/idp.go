package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/internal/company"
)

// pushers is how many connections the identity provider keeps busy.
const pushers = 8

// provider is an identity provider: it pushes people to the hub over HTTP, as
// Okta or Entra ID do.
type provider struct {
	http  *http.Client
	base  string // …/scim/v2
	token string
	ids   map[string]string // user name → the hub's id of the resource
}

func newProvider(base, token string) *provider {
	return &provider{
		http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: pushers}},
		base: base, token: token, ids: map[string]string{},
	}
}

// pushAll creates everybody, with several requests on the way at once.
func (p *provider) pushAll(ctx context.Context, people []company.Person, now time.Time) error {
	ids := make([]string, len(people))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pushers)
	for i, person := range people {
		g.Go(func() (err error) {
			ids[i], err = p.create(ctx, person.SCIM(now))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, person := range people {
		p.ids[person.UserName] = ids[i]
	}
	return nil
}

// create pushes one person and returns the id of the resource.
func (p *provider) create(ctx context.Context, resource []byte) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	err := p.send(ctx, http.MethodPost, "/Users", resource, &made)
	return made.ID, err
}

// join pushes a new person and remembers who it is.
func (p *provider) join(ctx context.Context, person company.Person, now time.Time) error {
	id, err := p.create(ctx, person.SCIM(now))
	p.ids[person.UserName] = id
	return err
}

// patch replaces attributes of one person, by path.
func (p *provider) patch(ctx context.Context, userName string, values map[string]any) error {
	body, err := json.Marshal(map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []any{map[string]any{"op": "replace", "value": values}},
	})
	if err != nil {
		return err
	}
	return p.send(ctx, http.MethodPatch, "/Users/"+p.ids[userName], body, nil)
}

func (p *provider) send(ctx context.Context, method, path string, body []byte, into any) error {
	return call(ctx, p.http, method, p.base+path, p.token, body, into)
}

// call is one SCIM request; an answer that is no success is an error.
func call(ctx context.Context, client *http.Client, method, url, token string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, answer)
	}
	if into == nil || len(answer) == 0 {
		return nil
	}
	return json.Unmarshal(answer, into)
}
