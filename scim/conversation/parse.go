package conversation

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Parse reads a file. An error names the file and the line.
func Parse(name string, data []byte) (Script, error) {
	p := parser{script: Script{Name: name}}
	for text := range strings.Lines(string(data)) {
		p.line++
		if err := p.take(strings.TrimRight(text, "\r\n")); err != nil {
			return Script{}, fmt.Errorf("%s:%d: %w", name, p.line, err)
		}
	}
	if err := p.finish(); err != nil {
		return Script{}, fmt.Errorf("%s:%d: %w", name, p.line, err)
	}
	return p.script, nil
}

// parser reads line by line.
type parser struct {
	script  Script
	line    int
	comment []string
	current *Exchange
	answers bool // the expectations of the current exchange have begun
}

func (p *parser) take(text string) error {
	kind, rest := "", ""
	if text != "" {
		kind, rest = text[:1], strings.TrimSpace(text[1:])
	}
	switch {
	case kind == ">":
		return p.request(rest)
	case kind == "<":
		return p.expectation(rest)
	case p.current != nil && !p.answers:
		p.current.Body += text + "\n"
		return nil
	case kind == "#":
		p.comment = append(p.comment, rest)
		return nil
	case kind == "*":
		return p.setting(rest)
	case strings.TrimSpace(text) == "":
		p.comment = nil
		return nil
	}
	return fmt.Errorf("%q is no request, expectation, setting or comment", text)
}

// request begins an exchange, or adds a header to one that has just begun.
func (p *parser) request(text string) error {
	if p.current != nil && !p.answers && p.current.Body == "" {
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return fmt.Errorf("%q is no header", text)
		}
		p.current.Headers = append(p.current.Headers, Header{strings.TrimSpace(name), strings.TrimSpace(value)})
		return nil
	}
	if err := p.finish(); err != nil {
		return err
	}
	method, path, ok := strings.Cut(text, " ")
	if !ok || !strings.HasPrefix(path, "/") {
		return fmt.Errorf("a request is a method and a path: %q", text)
	}
	if len(p.comment) == 0 {
		return fmt.Errorf("%s has no comment that says where it is from", text)
	}
	p.current = &Exchange{Line: p.line, Comment: strings.Join(p.comment, " "), Method: method, Path: path}
	p.comment, p.answers = nil, false
	return nil
}

// finish keeps the current exchange.
func (p *parser) finish() error {
	if p.current == nil {
		return nil
	}
	if len(p.current.Status) == 0 {
		return fmt.Errorf("line %d: nothing says what status is expected", p.current.Line)
	}
	p.current.Body = strings.TrimSpace(p.current.Body)
	p.script.Exchanges = append(p.script.Exchanges, *p.current)
	p.current = nil
	return nil
}

func (p *parser) setting(text string) error {
	what, rest, _ := strings.Cut(text, " ")
	switch what {
	case "profile":
		p.script.Profile = rest
		return nil
	case "alone":
		p.script.Alone = true
		return nil
	case "header":
		name, value, ok := strings.Cut(rest, ":")
		p.script.Headers = append(p.script.Headers, Header{strings.TrimSpace(name), strings.TrimSpace(value)})
		return failUnless(ok, "%q is no header", rest)
	case "var":
		name, value, ok := strings.Cut(rest, "=")
		p.script.Vars = append(p.script.Vars, Var{p.line, strings.TrimSpace(name), strings.TrimSpace(value)})
		return failUnless(ok, "%q sets nothing", rest)
	}
	return fmt.Errorf("there is no setting %q; there are profile, alone, header and var", what)
}

func failUnless(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// expectation reads a line that begins with "<".
func (p *parser) expectation(text string) error {
	if p.current == nil {
		return fmt.Errorf("an expectation without a request")
	}
	p.answers = true
	if text != "" && text[0] >= '0' && text[0] <= '9' {
		for word := range strings.SplitSeq(text, " or ") {
			status, err := strconv.Atoi(strings.TrimSpace(word))
			if err != nil {
				return fmt.Errorf("%q is no status", word)
			}
			p.current.Status = append(p.current.Status, status)
		}
		return nil
	}
	check, err := parseCheck(text)
	check.Line = p.line
	p.current.Checks = append(p.current.Checks, check)
	return err
}

var (
	capture = regexp.MustCompile(`^\{(\w+)\}\s*=\s*(\$\S*)$`)
	header  = regexp.MustCompile(`^header\s+(\S+)\s+~\s+(.+)$`)
	absent  = regexp.MustCompile(`^(\$.*\S)\s+absent$`)
	valued  = regexp.MustCompile(`^(\$(?:\.[\w$-]+|\['[^']+'\]|\[[^\]']+\])*)\s+(=|contains|>=|~)\s+(.+)$`)
)

func parseCheck(text string) (Check, error) {
	if m := capture.FindStringSubmatch(text); m != nil {
		return Check{Op: "capture", Path: m[2], Want: m[1]}, nil
	}
	if m := header.FindStringSubmatch(text); m != nil {
		return Check{Op: "header", Path: m[1], Want: m[2]}, nil
	}
	if m := absent.FindStringSubmatch(text); m != nil {
		return Check{Op: "absent", Path: m[1]}, nil
	}
	if m := valued.FindStringSubmatch(text); m != nil {
		return Check{Op: m[2], Path: m[1], Want: m[3]}, nil
	}
	return Check{}, fmt.Errorf("%q is no expectation", text)
}
