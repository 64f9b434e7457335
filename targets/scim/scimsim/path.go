package scimsim

import "strings"

// path is a PATCH path: [container:]attr[where].sub.
type path struct {
	container string // extension URN, "" for the core
	attr      string
	where     *term
	sub       string
}

// parsePath reads a path (RFC 7644 section 3.5.2, figure 7).
func parsePath(in string, attributes []attribute) (path, *fault) {
	var p path
	rest := in
	if strings.HasPrefix(strings.ToLower(in), "urn:") {
		p.container, rest = cutContainer(in, attributes)
		if p.container == "" {
			return p, bad(invalidPath, "%q names no schema here", in)
		}
	}
	if name, inside, ok := strings.Cut(rest, "["); ok {
		where, left, f := parseTerm(inside)
		if f != nil || !strings.HasPrefix(left, "]") {
			return p, bad(invalidPath, "the value filter in %q is not supported", in)
		}
		p.attr, p.where, rest = name, &where, left[1:]
		if rest != "" && !strings.HasPrefix(rest, ".") {
			return p, bad(invalidPath, "%q goes on after its value filter", in)
		}
		p.sub = strings.TrimPrefix(rest, ".")
	} else {
		p.attr, p.sub, _ = strings.Cut(rest, ".")
	}
	if p.attr == "" && (p.container == "" || p.where != nil || p.sub != "") || strings.ContainsAny(p.attr+p.sub, " \".") {
		return p, bad(invalidPath, "%q is not a path", in)
	}
	return p, nil
}

// cutContainer splits a URN-qualified path. The core schema's own URN stands
// for the core.
func cutContainer(in string, attributes []attribute) (container, rest string) {
	for _, core := range []string{schemaUser, schemaGroup} {
		if len(in) > len(core) && strings.EqualFold(in[:len(core)+1], core+":") {
			return core, in[len(core)+1:]
		}
	}
	for _, a := range attributes {
		if !strings.HasPrefix(a.name, "urn:") || len(in) < len(a.name) || !strings.EqualFold(in[:len(a.name)], a.name) {
			continue
		}
		if rest := in[len(a.name):]; rest == "" || rest[0] == ':' {
			return a.name, strings.TrimPrefix(rest, ":")
		}
	}
	return "", ""
}
