package scim

import (
	"encoding/json"
	"testing"
	"time"
)

func TestLastUsed(t *testing.T) {
	at := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	const urn = "urn:example:params:scim:schemas:extension:2.0:User"
	for _, c := range []struct {
		key, body string
		want      time.Time
	}{
		{urn + ":lastLogin", `{"` + urn + `": {"lastLogin": "2025-03-04T07:06:07+02:00"}}`, at},
		{"lastLogin", `{"lastLogin": "2025-03-04T05:06:07Z"}`, at},
		{"lastLogin", `{"lastLogin": "lately"}`, time.Time{}},
		{"lastLogin", `{}`, time.Time{}},
		{"", `{"lastLogin": "2025-03-04T05:06:07Z"}`, time.Time{}},
	} {
		used, err := (&Config{LastUsed: c.key}).lastUsed()
		if err != nil {
			t.Fatal(err)
		}
		var r resource
		if err := json.Unmarshal([]byte(c.body), &r); err != nil {
			t.Fatal(err)
		}
		target := &Target{used: used}
		if got := target.account(r).LastUsed; !got.Equal(c.want) {
			t.Errorf("%s of %s: %v, want %v", c.key, c.body, got, c.want)
		}
		if target.Capabilities().LastUsed != (c.key != "") {
			t.Errorf("%q: declared %v", c.key, target.Capabilities().LastUsed)
		}
	}
}
