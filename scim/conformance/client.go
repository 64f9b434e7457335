package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"birthright/scim/shape"
)

// The URIs of schemas and messages.
const (
	coreUser      = "urn:ietf:params:scim:schemas:core:2.0:User"
	coreGroup     = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterprise    = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	listMessage   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	searchMessage = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	patchMessage  = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	errorMessage  = "urn:ietf:params:scim:api:messages:2.0:Error"
)

const mediaType = "application/scim+json"

// Client is what a case asks the server with. It remembers what went wrong and
// what was made.
type Client struct {
	suite    *Suite
	ctx      context.Context
	failures []string
	made     []string // paths of resources to delete
	// domain stands for x.example on the wire. A server may take people who share
	// an address for one; those of different cases must not.
	domain string
}

// placeholder is the domain of addresses in cases.
const placeholder = "x.example"

// name makes up a name that nobody has: lower case, letters and digits.
func (c *Client) name(like string) string {
	return fmt.Sprintf("%s-%s-%d", like, c.suite.tag, c.suite.names.Add(1))
}

// fill puts values in the place of {names} in a text; {u} is the run's own tag.
func (c *Client) fill(text string, pairs ...string) string {
	all := []string{"{u}", c.suite.tag}
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(all...).Replace(text)
}

func (c *Client) get(path string, headers ...string) *Answer {
	return c.send(http.MethodGet, path, "", headers...)
}

func (c *Client) post(path, body string, headers ...string) *Answer {
	return c.send(http.MethodPost, path, body, headers...)
}

func (c *Client) put(path, body string, headers ...string) *Answer {
	return c.send(http.MethodPut, path, body, headers...)
}

func (c *Client) remove(path string, headers ...string) *Answer {
	return c.send(http.MethodDelete, path, "", headers...)
}

// patch sends operations, the JSON of an array.
func (c *Client) patch(path, operations string, headers ...string) *Answer {
	return c.send(http.MethodPatch, path, `{"schemas":["`+patchMessage+`"],"Operations":`+operations+`}`, headers...)
}

// search is a GET of a list with query parameters in pairs.
func (c *Client) search(path string, parameters ...string) *Answer {
	values := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	return c.get(path + "?" + values.Encode())
}

// send sends a request with headers in pairs; an empty value leaves a header out
// that would be there by default. A server that does not answer ends the case.
func (c *Client) send(method, path, body string, headers ...string) *Answer {
	own := strings.NewReplacer(placeholder, c.domain)
	request, err := http.NewRequestWithContext(c.ctx, method, c.suite.server.Base+own.Replace(path), strings.NewReader(own.Replace(body)))
	if err != nil {
		c.fatal("%s %s cannot be sent: %v", method, path, err)
	}
	request.Header.Set("Authorization", "Bearer "+c.suite.server.Token)
	request.Header.Set("Accept", mediaType)
	if body != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Del(headers[i])
		if headers[i+1] != "" {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := c.suite.http.Do(request)
	if err != nil {
		c.fatal("%s %s got no answer: %v", method, shape.Brief(path), err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.fatal("%s %s: the answer breaks off: %v", method, shape.Brief(path), err)
	}
	raw = bytes.ReplaceAll(raw, []byte(c.domain), []byte(placeholder))
	a := &Answer{c: c, method: method, path: path, sent: body, code: response.StatusCode, header: response.Header, raw: raw}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&a.body) != nil {
		a.body = nil // what needs a body says that there is none
	}
	return a
}

// clean deletes what the case made, the last first.
func (c *Client) clean() {
	made := c.made
	c.made = nil
	for _, path := range slices.Backward(made) {
		c.remove(path)
	}
}
