// Package jit looks at just-in-time access as a whole: who asks for what, how long
// decisions take, and whether those who decide look before they do. It is pure.
//
//	requests, their answers and grants, page by page ─Take→ Tally ─Report→ Report
//
// Every finding says from which figures it is concluded, so that nobody is accused by a
// number that they cannot check. What the policy approved by itself, what movers keep
// and broken glass are counted apart: nobody was asked.
package jit
