package directory

import (
	"slices"
	"testing"

	"birthright/identity"
)

// A key of one value is among the keys of the records that have it.
func TestKeyIsOneOfTheRecords(t *testing.T) {
	t.Parallel()
	keys := NewCorrelation([][]string{{"employeeNumber"}, {"email"}}).Keys(identity.Record{Attributes: identity.Attributes{
		"employeeNumber": {"0042"}, "email": {"Åsa@X.test", "a@x.test"},
	}})
	for attribute, value := range map[string]string{"employeenumber": " 0042", "email": "åsa@x.TEST", "Email": "A@x.test"} {
		if !slices.Contains(keys, Key(attribute, value)) {
			t.Errorf("%s %q: %q is not in %q", attribute, value, Key(attribute, value), keys)
		}
	}
	if Key("email", " ") != "" {
		t.Error("nothing is somebody's address")
	}
}
