package scim

import (
	"encoding/json"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/company"
	"birthright/scim/resource"
)

// body is a user as a provider sends it.
func body() []byte {
	crowd := company.Generate(7, 10, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	return crowd.People[9].SCIM(crowd.Now)
}

// What a POST costs before and after the intake: bytes to resource to record, and
// back to bytes.
func BenchmarkUserThroughTheDoor(b *testing.B) {
	source, faults := NewSource("idp", "", nil)
	if len(faults) > 0 {
		b.Fatal(faults)
	}
	data, users := body(), resource.Users()
	b.ReportAllocs()
	for b.Loop() {
		object, err := resource.ReadObject(data)
		if err != nil {
			b.Fatal(err)
		}
		doc, err := users.Read(object, &resource.Reading{})
		if err != nil {
			b.Fatal(err)
		}
		var r identity.Record
		if err := source.fill(&r, doc); err != nil {
			b.Fatal(err)
		}
		if doc, err = userResource(r); err != nil {
			b.Fatal(err)
		}
		dress(users, doc, "http://localhost/scim/v2", "id", time.Time{}, time.Time{}, 1)
		if _, err := json.Marshal(doc); err != nil {
			b.Fatal(err)
		}
	}
}

// What the index adds to storing a record.
func BenchmarkIndexRecord(b *testing.B) {
	x := NewIndex([]string{"idp"})
	r := identity.Record{Source: "idp", Payload: body()}
	b.ReportAllocs()
	for b.Loop() {
		doc := x.Record(r)
		if doc.Encode() == "{}" || len(doc.Terms("idp/User")) == 0 {
			b.Fatal("nothing to index")
		}
	}
}
