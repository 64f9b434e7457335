// Package fault makes the errors of RFC 7644 section 3.12 that a client sees,
// each with a sentence that says what, where and what to do. It owns the choice
// of status and scimType; the shape on the wire is the library's.
package fault

import (
	"fmt"
	"net/http"

	"github.com/elimity-com/scim/errors"
)

// Error is what a client is told. It is an error by value.
type Error = errors.ScimError

// New makes an error with any status and no scimType.
func New(status int, format string, args ...any) error {
	return Error{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// InvalidSyntax refuses a body that is not what the endpoint takes.
func InvalidSyntax(format string, args ...any) error {
	return bad(errors.ScimTypeInvalidSyntax, format, args)
}

// InvalidValue refuses a value that is missing or of the wrong type.
func InvalidValue(format string, args ...any) error {
	return bad(errors.ScimTypeInvalidValue, format, args)
}

// InvalidPath refuses a PATCH path that names nothing.
func InvalidPath(format string, args ...any) error {
	return bad(errors.ScimTypeInvalidPath, format, args)
}

// InvalidFilter refuses a filter that cannot be read or answered.
func InvalidFilter(format string, args ...any) error {
	return bad(errors.ScimTypeInvalidFilter, format, args)
}

// NoTarget refuses a PATCH operation that found nothing to work on.
func NoTarget(format string, args ...any) error {
	return bad(errors.ScimTypeNoTarget, format, args)
}

// Mutability refuses a change of what a client may not change.
func Mutability(format string, args ...any) error {
	return bad(errors.ScimTypeMutability, format, args)
}

// TooMany refuses a question that would need too much reading.
func TooMany(format string, args ...any) error {
	return bad(errors.ScimTypeTooMany, format, args)
}

// InvalidCursor refuses a cursor that does not belong to the question (RFC 9865
// section 2.1).
func InvalidCursor(format string, args ...any) error { return bad("invalidCursor", format, args) }

// Uniqueness refuses a value that another resource has.
func Uniqueness(format string, args ...any) error {
	return Error{Status: http.StatusConflict, ScimType: errors.ScimTypeUniqueness, Detail: fmt.Sprintf(format, args...)}
}

// NotFound says that there is no such resource.
func NotFound(kind, id string) error {
	return New(http.StatusNotFound, "There is no %s with the id %q.", kind, id)
}

func bad(scimType errors.ScimType, format string, args []any) error {
	return Error{Status: http.StatusBadRequest, ScimType: scimType, Detail: fmt.Sprintf(format, args...)}
}
