// Package secret holds references to secrets: where a value is found, instead
// of the value.
//
//	env:NAME       an environment variable
//	file:PATH      a file, relative to the configuration; one final line end is cut off
//	exec:COMMAND   what a command run by /bin/sh prints; one final line end is cut off
//	anything else  the secret itself, written into the file: allowed, warned about
//
// A Ref prints as a mask in every format there is, so that a whole
// configuration can be logged. Only Reveal gives the value; nothing here keeps
// it, and no error tells it.
package secret

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Mask is what a Ref prints as.
const Mask = "[secret]"

// Ref is a reference to a secret. The zero value refers to nothing.
type Ref struct {
	// text is behind a pointer because fmt prints unexported fields of other
	// people's structs without asking their methods, and of a pointer inside a
	// struct it prints the address only.
	text *string
	// verbatim is set for a value of the program's own: never a reference.
	verbatim bool
}

// Value makes a reference that is the given value, whatever it looks like: for
// settings that a program makes itself.
func Value(value string) Ref { return Ref{text: &value, verbatim: true} }

// New makes a reference of what a person wrote. It fails for a scheme with
// nothing behind it.
func New(text string) (Ref, error) {
	if text == "" {
		return Ref{}, nil
	}
	r := Ref{text: &text}
	switch scheme, rest := r.split(); {
	case scheme != "" && strings.TrimSpace(rest) == "":
		return Ref{}, fmt.Errorf("the secret reference %q names nothing: write env:NAME, file:PATH or exec:COMMAND", scheme+":")
	case scheme == "env" && strings.ContainsAny(rest, "= \t\n\x00"):
		return Ref{}, fmt.Errorf("the secret reference env: needs the name of one environment variable, without spaces or =")
	case strings.ContainsRune(rest, 0):
		return Ref{}, fmt.Errorf("a secret may not hold a zero byte")
	}
	return r, nil
}

// IsZero reports whether r refers to nothing.
func (r Ref) IsZero() bool { return r.text == nil || *r.text == "" }

// IsLiteral reports whether r is the secret itself.
func (r Ref) IsLiteral() bool {
	scheme, _ := r.split()
	return scheme == "" && !r.IsZero()
}

// IsCommand reports whether a command prints the secret.
func (r Ref) IsCommand() bool {
	scheme, _ := r.split()
	return scheme == "exec"
}

// EnvName returns the environment variable that r names, "" if it names none.
func (r Ref) EnvName() string {
	if scheme, rest := r.split(); scheme == "env" {
		return rest
	}
	return ""
}

// Reference names r for messages: the variable or file, the first word of a
// command (its arguments may be private), or "a literal".
func (r Ref) Reference() string {
	scheme, rest := r.split()
	switch {
	case r.IsZero():
		return "no secret"
	case scheme == "":
		return "a literal"
	case scheme == "exec":
		word := strings.Fields(rest)[0]
		if word != strings.TrimSpace(rest) {
			word += " …"
		}
		return "exec:" + word
	}
	return scheme + ":" + rest
}

// Equal reports whether r and other were written alike.
func (r Ref) Equal(other Ref) bool { return r.verbatim == other.verbatim && r.raw() == other.raw() }

// split returns the scheme and what follows it; a literal has the scheme "".
func (r Ref) split() (scheme, rest string) {
	text := r.raw()
	if r.verbatim {
		return "", text
	}
	for _, s := range []string{"env", "file", "exec"} {
		if rest, ok := strings.CutPrefix(text, s+":"); ok {
			return s, rest
		}
	}
	return "", text
}

func (r Ref) raw() string {
	if r.text == nil {
		return ""
	}
	return *r.text
}

// UnmarshalText reads a reference from configuration.
func (r *Ref) UnmarshalText(text []byte) error {
	v, err := New(string(text))
	if err != nil {
		return err
	}
	*r = v
	return nil
}

// String returns the mask, "" for the zero value.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return Mask
}

// GoString returns the mask.
func (r Ref) GoString() string { return fmt.Sprintf("%q", r.String()) }

// Format prints the mask for every verb and flag.
func (r Ref) Format(f fmt.State, _ rune) { io.WriteString(f, r.String()) } //nolint:errcheck // fmt.State cannot fail

// MarshalText writes the mask; JSON, XML and map keys use it.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// MarshalJSON writes the mask.
func (r Ref) MarshalJSON() ([]byte, error) { return []byte(`"` + r.String() + `"`), nil }

// MarshalYAML writes the mask.
func (r Ref) MarshalYAML() (any, error) { return r.String(), nil }

// LogValue logs the mask.
func (r Ref) LogValue() slog.Value { return slog.StringValue(r.String()) }
