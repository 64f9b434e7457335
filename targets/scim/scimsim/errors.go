package scimsim

import (
	"fmt"
	"net/http"
	"strconv"
)

// The SCIM error types that the application uses (RFC 7644, table 9).
const (
	invalidFilter = "invalidFilter"
	invalidPath   = "invalidPath"
	invalidSyntax = "invalidSyntax"
	invalidValue  = "invalidValue"
	mutability    = "mutability"
	noTarget      = "noTarget"
	tooMany       = "tooMany"
	uniqueness    = "uniqueness"
)

// fault is a refusal on its way to the client.
type fault struct {
	status   int
	scimType string
	detail   string
}

// Error returns the detail.
func (f *fault) Error() string { return f.detail }

// bad is a 400 of the given SCIM type.
func bad(scimType, format string, args ...any) *fault {
	return &fault{status: http.StatusBadRequest, scimType: scimType, detail: fmt.Sprintf(format, args...)}
}

// missing is the 404 for a resource that is not there.
func missing(kind, id string) *fault {
	return &fault{status: http.StatusNotFound, detail: fmt.Sprintf("%s %q not found", kind, id)}
}

// body renders the fault as RFC 7644 section 3.12 wants it.
func (f *fault) body() object {
	out := object{"schemas": []any{schemaError}, "status": strconv.Itoa(f.status), "detail": f.detail}
	if f.scimType != "" {
		out["scimType"] = f.scimType
	}
	return out
}
