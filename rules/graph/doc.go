// Package graph draws a policy: who gets what, from left to right.
//
//	departments and teams ─▶ rules ─▶ groups ─▶ targets
//
// Build makes the picture out of strands: one strand is one rule giving one group
// to some people. Filters take strands away, everything else follows from those
// that are left, so that all counts of a picture are about the same memberships.
//
//	policy, people ─strands─▶ filter ─▶ draft ─fold─▶ draft ─cap─▶ Graph ─▶ SVG, DOT, JSON
//
// Folding puts nodes together that are alike, and a cap puts the least of them
// into one node at the end. Neither loses anything: what a node holds, and the
// links and the memberships of edges, add up to the same before and after; people
// are counted once in each node and edge, however many ways lead to them.
//
// It decides nothing about anybody: package rules did. It is pure, and the same
// policy and people give the same bytes.
package graph
