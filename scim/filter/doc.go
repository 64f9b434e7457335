// Package filter reads the expression language of RFC 7644: filters
// (section 3.4.2.2) and attribute paths (section 3.5.2).
//
//	"emails[type eq \"work\"] and not (active eq false)" → Parse → And{Compare, Not{Compare}}
//	"emails[type eq \"work\"].value"                     → ParsePath → Path
//
// It owns syntax and its limits. What an attribute means, and whether a
// resource matches, is package resource's. Every input costs time and memory in
// proportion to its length: length, depth and number of comparisons are bounded,
// so that no client can end the process with parentheses.
package filter
