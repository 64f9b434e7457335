package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"birthright/identity"
	"birthright/tokens"
)

// askingMark marks an operation that changes nothing, whatever its method.
const askingMark = "asks"

// questionable marks a POST that only asks: its body is too long for an address.
func questionable(op huma.Operation) huma.Operation {
	op.Metadata = map[string]any{askingMark: true}
	return op
}

// asks reports whether an operation changes nothing.
func asks(op huma.Operation) bool {
	return op.Method == http.MethodGet || op.Metadata[askingMark] == true
}

// nounOf is the part of the API that a path belongs to.
func nounOf(path string) string {
	noun, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return noun
}

// errNarrow refuses what a token is not for.
func errNarrow(op huma.Operation, only tokens.Only) error {
	return &identity.Error{
		Kind: identity.Denied, Op: strings.ToLower(op.Summary), Err: fmt.Errorf("this token is narrowed to %s", strings.Join(only, ", ")),
	}
}
