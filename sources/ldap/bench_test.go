package ldap

import (
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/slapdtest"
	"birthright/sources"

	goldap "github.com/go-ldap/ldap/v3"
)

const benchPeople = 100_000

// discard is a sink that only counts.
type discard struct{ records, groups, members int }

func (d *discard) Record(identity.Record) error { d.records++; return nil }

func (d *discard) Group(_ identity.SourceGroup, members []identity.MemberRef) error {
	d.groups++
	d.members += len(members)
	return nil
}

// BenchmarkRead compares, over the same 100,000 people and 1,000 groups of 100,
// a pull with a bare page loop of go-ldap that reads the people alone and drops
// them: with every attribute, and with those that the pull asks for.
func BenchmarkRead(b *testing.B) {
	s := slapdtest.Start(b, slapdtest.Options{})
	if err := s.Bulk(s.Suffix, strings.NewReader(crowd(s.Suffix, benchPeople, 1000, 100))); err != nil {
		b.Fatal(err)
	}
	plan, err := newPlan(Config{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	rate := func(b *testing.B) {
		b.ReportMetric(float64(benchPeople)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
	}
	pull := func(c Config, mappings ...sources.Mapping) func(b *testing.B) {
		return func(b *testing.B) {
			source := open(b, c, mappings...)
			b.ReportAllocs()
			for b.Loop() {
				var got discard
				if _, err := source.Pull(b.Context(), "", &got); err != nil || got.records != benchPeople {
					b.Fatal(err, got.records)
				}
			}
			rate(b)
		}
	}
	loop := func(attributes []string) func(b *testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := goLDAPLoop(b, s, attributes); n != benchPeople {
					b.Fatal(n)
				}
			}
			rate(b)
		}
	}
	c := configFor(b, s)
	people := c
	people.Groups.BaseDN = ""
	noManager := []sources.Mapping{}
	for _, m := range defaultMap {
		if m.To != identity.AttrManager {
			noManager = append(noManager, m)
		}
	}
	b.Run("go-ldap/all-attributes", loop(nil))
	b.Run("go-ldap/same-attributes", loop(plan.slots.request))
	b.Run("pull/people-without-managers", pull(people, noManager...))
	b.Run("pull/people", pull(people))
	b.Run("pull/people-and-groups", pull(c))
}

// goLDAPLoop is the floor: pages of 1,000, entries dropped.
func goLDAPLoop(b *testing.B, s *slapdtest.Server, attributes []string) (n int) {
	conn, err := s.Dial()
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	paging := goldap.NewControlPaging(1000)
	request := goldap.NewSearchRequest(s.Suffix, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases,
		0, 0, false, "(objectClass=inetOrgPerson)", attributes, []goldap.Control{paging})
	for {
		result, err := conn.Search(request)
		if err != nil {
			b.Fatal(err)
		}
		n += len(result.Entries)
		answer, _ := goldap.FindControl(result.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
		if answer == nil || len(answer.Cookie) == 0 {
			return n
		}
		paging.SetCookie(answer.Cookie)
	}
}
