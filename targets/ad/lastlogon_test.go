package ad

import (
	"testing"
	"time"
)

func TestInstant(t *testing.T) {
	for text, want := range map[string]time.Time{
		"": {}, "0": {}, "-1": {}, "never": {},
		"116444736000000000": time.Unix(0, 0).UTC(),
		"132223104000000000": time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		"132223104000000010": time.Date(2020, 1, 1, 0, 0, 0, 1000, time.UTC),
	} {
		if got := instant(text); !got.Equal(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
