package inspect

import (
	"net/url"
	"strings"
)

// longestURL bounds what is kept of a URL, in bytes.
const longestURL = 2048

// maskURL masks the path and query of a request: parameters that are called like
// a secret, and comparisons with secrets in filters. A value whose escapes cannot
// be read is masked whole.
func maskURL(path, query string, known *secrets) string {
	out := maskPath(path, known)
	if query != "" {
		parts := strings.Split(query, "&")
		for i, part := range parts {
			parts[i] = maskParameter(part, known)
		}
		out += "?" + strings.Join(parts, "&")
	}
	return shorten(out, longestURL)
}

func maskPath(path string, known *secrets) string {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return mask
	}
	if masked := known.mask(plain); masked != plain {
		return readable((&url.URL{Path: masked}).EscapedPath())
	}
	return path
}

func maskParameter(part string, known *secrets) string {
	name, value, valued := strings.Cut(part, "=")
	plainName, err1 := url.QueryUnescape(name)
	plain, err2 := url.QueryUnescape(value)
	switch {
	case err1 != nil:
		return mask
	case !valued:
		return masking(name, plainName, known)
	case err2 != nil || secretive(plainName):
		return masking(name, plainName, known) + "=" + mask
	}
	return masking(name, plainName, known) + "=" + masking(value, plain, known)
}

// masking returns what was written where nothing in it is masked.
func masking(written, plain string, known *secrets) string {
	masked := known.mask(plain)
	if masked == plain {
		return written
	}
	return readable(url.QueryEscape(masked))
}

// readable leaves the mask as people know it.
func readable(escaped string) string { return strings.ReplaceAll(escaped, "%2A", "*") }
