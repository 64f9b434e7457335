package patch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/scim/patch"
	"birthright/scim/resource"
)

// TestCostIsBounded sends the dearest requests that fit into the limits: none
// may keep the writers of the directory waiting.
func TestCostIsBounded(t *testing.T) {
	address := func(i int) string { return fmt.Sprintf(`{"value":"%d@x"}`, i) }
	var many []string
	for i := range resource.MaxValues - 2 {
		many = append(many, address(i))
	}
	fill := `{"op":"add","path":"emails","value":[` + strings.Join(many, ",") + `]}`
	selects := `{"op":"replace","path":"emails[` + strings.TrimSuffix(strings.Repeat(`value co \"@y\" or `, 200), " or ") + `].type","value":"work"}`
	for name, operations := range map[string]string{
		"additions":     fill + strings.Repeat(`,{"op":"add","path":"emails","value":[`+strings.Join(many[len(many)-25:], ",")+`]}`, 999),
		"removals":      fill + strings.Repeat(`,{"op":"remove","path":"emails","value":["none"]}`, 999),
		"value filters": fill + strings.Repeat(","+strings.Replace(selects, "replace", "remove", 1), 200),
		"sub-attribute": fill + strings.Repeat(`,{"op":"add","path":"emails.type","value":"work"}`, 999),
	} {
		body := object(t, `{"schemas":["`+patch.URN+`"],"Operations":[`+operations+`]}`)
		start := time.Now()
		steps, err := patch.Parse(body, 1000, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := patch.Apply(resource.Users(), resource.Document(object(t, before)), steps, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// Tenths of a second on an idle machine; the race detector beside other
		// tests takes tens of times that.
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: %d bytes cost %s", name, len(operations), took)
		} else {
			t.Logf("%s: %d bytes, %s", name, len(operations), took)
		}
	}
}
