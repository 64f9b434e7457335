package conversation

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"birthright/scim/shape"
)

// Player sends scripts to one server.
type Player struct {
	// Base is the address that resources are under, Token a bearer token.
	Base, Token string
	HTTP        *http.Client // nil for http.DefaultClient
	// Suffix makes the names of one playing different from those of another: eight
	// hexadecimal digits.
	Suffix string
	// Twice sends every write a second time, see retry.go.
	Twice bool
	// TwinGroups says that the server makes a second group of a POST that comes
	// twice. The player deletes it, as somebody would have to.
	TwinGroups bool
}

// playing is one script on its way.
type playing struct {
	Player
	ctx    context.Context
	script Script
	vars   map[string]string
}

// answer is what came back to one request.
type answer struct {
	status int
	header http.Header
	raw    string
	body   any // JSON, nil if it is none
}

// Play plays a script to its end, or to the first answer that is not as expected.
func (p Player) Play(ctx context.Context, script Script) error {
	run := &playing{Player: p, ctx: ctx, script: script, vars: map[string]string{"suffix": p.Suffix, "base": strings.TrimRight(p.Base, "/")}}
	for _, v := range script.Vars {
		text, err := run.fill(v.Value)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", script.Name, v.Line, err)
		}
		run.vars[v.Name] = text
	}
	for _, x := range script.Exchanges {
		if err := run.exchange(x); err != nil {
			return err
		}
	}
	return nil
}

// exchange plays one exchange.
func (p *playing) exchange(x Exchange) error {
	request, err := p.request(x)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", p.script.Name, x.Line, err)
	}
	a, err := p.send(request)
	if err != nil {
		return fmt.Errorf("%s:%d: %s %s got no answer: %w", p.script.Name, x.Line, x.Method, x.Path, err)
	}
	if !slices.Contains(x.Status, a.status) {
		return p.deviation(x.Line, x, request, a, fmt.Sprintf("status %d, want %s", a.status, either(x.Status)))
	}
	for _, check := range x.Checks {
		complaint, err := p.check(check, a)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", p.script.Name, check.Line, err)
		}
		if complaint != "" {
			return p.deviation(check.Line, x, request, a, complaint)
		}
	}
	if p.Twice {
		return p.again(x, request, a)
	}
	return nil
}

func either(choice []int) string {
	words := make([]string, len(choice))
	for i, one := range choice {
		words[i] = fmt.Sprint(one)
	}
	return strings.Join(words, " or ")
}

// deviation tells both sides, and why the provider sends what it sends.
func (p *playing) deviation(line int, x Exchange, r sent, a answer, what string) error {
	return fmt.Errorf("%s:%d: %s\n  sent     %s %s %s\n  answered %d %s\n  from     %s",
		p.script.Name, line, what, x.Method, r.path, shape.Brief(r.body), a.status, shape.Brief(a.raw), x.Comment)
}

// sent is a request with everything filled in.
type sent struct {
	method, path string
	headers      []Header
	body         string
}

func (p *playing) request(x Exchange) (sent, error) {
	body, err := p.fill(x.Body)
	if err != nil {
		return sent{}, err
	}
	path, err := p.fill(x.Path)
	if err != nil {
		return sent{}, err
	}
	r := sent{method: x.Method, path: escape(path), body: body, headers: slices.Clone(p.script.Headers)}
	for _, h := range x.Headers {
		value, err := p.fill(h.Value)
		if err != nil {
			return sent{}, err
		}
		r.headers = append(r.headers, Header{h.Name, value})
	}
	return r, nil
}

// escape writes the query of an address as it is sent.
func escape(path string) string {
	before, query, found := strings.Cut(path, "?")
	if !found {
		return before
	}
	var parts []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, valued := strings.Cut(part, "=")
		if valued {
			name += "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
		}
		parts = append(parts, name)
	}
	return before + "?" + strings.Join(parts, "&")
}

// send sends a request.
func (p *playing) send(r sent) (answer, error) {
	request, err := http.NewRequestWithContext(p.ctx, r.method, p.vars["base"]+r.path, strings.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Authorization", "Bearer "+p.Token)
	request.Header.Set("Accept", "application/scim+json")
	if r.body != "" {
		request.Header.Set("Content-Type", "application/scim+json")
	}
	for _, h := range r.headers {
		request.Header.Set(h.Name, h.Value)
	}
	client := p.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode, header: response.Header, raw: strings.TrimSpace(string(raw))}
	if body, err := shape.Decode(a.raw); err == nil {
		a.body = body
	}
	return a, nil
}
