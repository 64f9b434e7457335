package ids_test

import (
	"regexp"
	"testing"

	"birthright/internal/ids"
)

func TestNewIsAUUIDThatSortsByTime(t *testing.T) {
	shape := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	last := ""
	for range 10_000 {
		id := ids.New()
		if !shape.MatchString(id) {
			t.Fatalf("%q is no UUID of version 7", id)
		}
		if id <= last {
			t.Fatalf("%q does not sort after %q", id, last)
		}
		last = id
	}
}
