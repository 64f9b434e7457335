package scim

import (
	"net/http"
	"strconv"
	"strings"

	"birthright/scim/fault"
)

// etag is the entity tag of a version. It is weak: the same resource may be
// answered with other attributes or in another spelling (RFC 7644 section 3.14).
func etag(version int64) string { return `W/"` + strconv.FormatInt(version, 10) + `"` }

// precondition is what a client wants to be so before anything is done (RFC 9110
// section 13.1).
type precondition struct{ match, noneMatch []string }

func preconditionOf(header http.Header) precondition {
	return precondition{match: tags(header.Values("If-Match")), noneMatch: tags(header.Values("If-None-Match"))}
}

// tags reads lists of entity tags. Commas may stand inside of one.
func tags(values []string) []string {
	var out []string
	for _, value := range values {
		for rest := strings.TrimSpace(value); rest != ""; {
			var tag string
			tag, rest = nextTag(rest)
			if tag != "" {
				out = append(out, tag)
			}
		}
	}
	return out
}

// nextTag takes one entity tag off the front; clients leave out the quotes too.
func nextTag(text string) (tag, rest string) {
	text = strings.TrimLeft(text, " \t,")
	from := strings.TrimPrefix(text, "W/")
	end := strings.IndexByte(text, ',')
	if strings.HasPrefix(from, `"`) {
		if closing := strings.IndexByte(from[1:], '"'); closing >= 0 {
			end = len(text) - len(from) + closing + 2
			return text[:end], strings.TrimSpace(text[end:])
		}
	}
	if end < 0 {
		return strings.TrimSpace(text), ""
	}
	return strings.TrimSpace(text[:end]), text[end+1:]
}

// named reports whether one of the tags is the version's, or stands for any.
// SCIM's tags are weak, so that they are compared weakly everywhere.
func named(tags []string, version int64) bool {
	want := strconv.FormatInt(version, 10)
	for _, tag := range tags {
		if tag == "*" || strings.Trim(strings.TrimPrefix(tag, "W/"), `"`) == want {
			return true
		}
	}
	return false
}

// check refuses a change of a resource that is not as the client believes.
func (p precondition) check(version int64) error {
	if len(p.match) > 0 && !named(p.match, version) {
		return fault.New(http.StatusPreconditionFailed, "The resource was changed meanwhile: it has the version %s. Read it again.", etag(version))
	}
	if len(p.noneMatch) > 0 && named(p.noneMatch, version) {
		return fault.New(http.StatusPreconditionFailed, "The resource has the version %s, which If-None-Match rules out.", etag(version))
	}
	return nil
}

// unchanged reports whether a reader has this version already.
func (p precondition) unchanged(version int64) bool {
	return len(p.noneMatch) > 0 && named(p.noneMatch, version)
}
