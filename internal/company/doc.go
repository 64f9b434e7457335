// Package company makes up a company: people with names from many scripts,
// departments, teams, places, titles, managers, contractors, employee numbers,
// start and end dates. The same seed, size and time give the same bytes.
//
//	Generate(seed, n, now) ─▶ Company ─┬─▶ Person.SCIM    one user resource
//	                                   ├─▶ WriteCSV       an HR file
//	                                   └─▶ WriteLDIF      people and groups for a directory
//	Policy()               ─▶ rules that fit it, for targets called app and directory
//
// The demo, the tests and the benchmarks draw their people from here. Shares are
// skewed as in life: few departments hold most people, few teams are large, the
// years of service thin out.
package company
