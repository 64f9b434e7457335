// Package jirasim stands in for one Jira Cloud site: for `simulate: true` and for
// tests. Its answers have the shapes of Atlassian's description; what that does not
// say (400 to what is so already, short pages, who may) is from Atlassian's pages and
// what people report.
//
//	request ─▶ credentials? ─▶ the site ─▶ numbered pages
package jirasim
