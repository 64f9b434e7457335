package console

import (
	"errors"
	"net/http"
	"slices"

	"birthright/identity"
)

// faults are what is wrong with what was typed, by field.
type faults map[string][]string

// faultsOf finds the faults of an error that name a field.
func faultsOf(err error) faults {
	out := faults{}
	out.gather(err)
	return out
}

func (f faults) gather(err error) {
	if joined, several := err.(interface{ Unwrap() []error }); several { //nolint:errorlint // each layer is looked at in turn
		for _, part := range joined.Unwrap() {
			f.gather(part)
		}
		return
	}
	if e, ok := err.(*identity.Error); ok && e.Field != "" && e.Err != nil { //nolint:errorlint // as above
		if text := sentence(e.Err.Error()); !slices.Contains(f[e.Field], text) {
			f[e.Field] = append(f[e.Field], text)
		}
		return
	}
	if inner := errors.Unwrap(err); inner != nil {
		f.gather(inner)
	}
}

// unfit is an error about a field of a form.
func unfit(field, text string) error {
	return &identity.Error{Kind: identity.Invalid, Field: field, Err: errors.New(text)}
}

// misfit is the answer to a form in which something is wrong: the page again, which says
// next to the fields of known what is wrong there.
func (c *Console) misfit(again view, err error, known ...string) view {
	again = c.refused(again, err)
	found := faultsOf(err)
	for field := range found {
		if !slices.Contains(known, field) {
			return again
		}
	}
	if len(found) > 0 {
		again.Status = http.StatusUnprocessableEntity // also where it names what is not there
		again.Wrong = "Nothing was sent: something is missing or does not fit. It is said next to the field."
	}
	return again
}
