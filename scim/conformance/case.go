package conformance

import (
	"slices"
	"strings"
)

// Case is one thing that a section of an RFC asks of a server.
type Case struct {
	// Section is the place, such as "RFC 7644 §3.5.2.1".
	Section string
	Name    string
	// Why says what goes wrong in real life where a server fails the case.
	Why string
	// Needs are the optional features without which the case makes no sense.
	Needs []Feature
	// Strict marks a case that a server fails on purpose if it also takes what
	// providers write in their own way.
	Strict bool
	Run    func(*Client)
}

// ID names a case in lists and in the output of tests.
func (c Case) ID() string { return c.Section + " " + c.Name }

// Feature is something that the RFCs leave to the server.
type Feature string

// The features. All but Root are told by ServiceProviderConfig.
const (
	Patch  Feature = "patch"
	Bulk   Feature = "bulk"
	Filter Feature = "filter"
	Sort   Feature = "sort"
	ETag   Feature = "etag"
	Cursor Feature = "cursor" // RFC 9865
	Root   Feature = "root"   // queries of the base URL, over all types
)

// Features returns all features.
func Features() []Feature { return []Feature{Patch, Bulk, Filter, Sort, ETag, Cursor, Root} }

// Cases returns the whole suite in the order of the RFCs.
func Cases() []Case {
	return slices.Concat(
		attributeCases(), typeCases(), multiValuedCases(), unassignedCases(), schemasCases(), commonCases(),
		userCases(), userAttributeCases(), groupCases(), enterpriseCases(),
		configCases(), resourceTypeCases(), schemaCases(), schemaAttributeCases(),
		authenticationCases(), methodCases(), createCases(), readCases(), listCases(), rootCases(),
		filterCases(), filterOperatorCases(), filterValuePathCases(), filterLogicCases(), filterRefusalCases(),
		sortCases(), pageCases(), searchCases(), replaceCases(),
		patchCases(), patchAddCases(), patchRemoveCases(), patchReplaceCases(), patchMemberCases(), deleteCases(),
		bulkCases(), bulkIDCases(), bulkErrorCases(),
		mediaCases(), projectionCases(), notationCases(), meCases(), errorCases(), versionCases(), discoveryCases(),
		cursorCases(), hostileCases(),
	)
}

// Sections returns how many cases each section has, and the sections in the
// order of the RFCs.
func Sections(cases []Case) (order []string, count map[string]int) {
	count = map[string]int{}
	for _, c := range cases {
		if count[c.Section]++; count[c.Section] == 1 {
			order = append(order, c.Section)
		}
	}
	slices.SortFunc(order, compareSections)
	return order, count
}

// compareSections orders "RFC 7644 §3.10" after "RFC 7644 §3.9".
func compareSections(a, b string) int {
	return slices.CompareFunc(numbers(a), numbers(b), func(x, y int) int { return x - y })
}

// numbers returns the numbers in a text.
func numbers(text string) []int {
	var out []int
	for _, digits := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		n := 0
		for _, digit := range digits {
			n = n*10 + int(digit-'0')
		}
		out = append(out, n)
	}
	return out
}

// in puts cases into a section.
func in(section string, cases ...Case) []Case {
	for i := range cases {
		cases[i].Section = section
	}
	return cases
}

// needing adds what cases need.
func needing(f Feature, cases []Case) []Case {
	for i := range cases {
		cases[i].Needs = append(slices.Clone(cases[i].Needs), f)
	}
	return cases
}
