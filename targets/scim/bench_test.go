package scim

import (
	"testing"

	"birthright/targets"
	"birthright/targets/scim/scimsim"
)

// BenchmarkMemberships adds and removes 1,000 people in one group over a socket.
func BenchmarkMemberships(b *testing.B) {
	app := serve(b, scimsim.Options{})
	people := staff(b, app, 1000)
	post(b, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "eng"})
	target, _ := open(b, app.URL(), func(c *Config) { c.PageSize, c.MaxMembers = 100, 100 })
	for b.Loop() {
		for _, action := range []targets.Action{targets.Add, targets.Remove} {
			for _, r := range target.Apply(b.Context(), each(action, "eng", people)) {
				if !r.Outcome.OK() {
					b.Fatal(r.Err)
				}
			}
		}
	}
	b.ReportMetric(float64(2000*b.N)/b.Elapsed().Seconds(), "changes/s")
}

// BenchmarkRead reads 1,000 accounts and 10 groups of all of them whole.
func BenchmarkRead(b *testing.B) {
	app := serve(b, scimsim.Options{})
	people := staff(b, app, 1000)
	var members []resource
	for _, p := range people {
		members = append(members, resource{"value": p.ID})
	}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		post(b, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": name, "members": members})
	}
	target, _ := open(b, app.URL(), func(c *Config) { c.PageSize = 100 })
	for b.Loop() {
		s, err := targets.ReadState(b.Context(), target, targets.Query{})
		if err != nil || len(s.Assignments) != 10_000 {
			b.Fatal(len(s.Assignments), err)
		}
	}
}
