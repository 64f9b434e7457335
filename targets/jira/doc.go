// Package jira is `kind: jira`: groups and project roles of a Jira Cloud site. It
// owns the way from ops to requests; the HTTP manners are internal/httpkit's, the
// decisions the engine's. Accounts are an Atlassian organisation's: they come over
// SCIM or by hand, and nothing here makes or suspends one.
//
//	Read  ─▶ users ─▶ groups, members of each ─▶ projects, actors of each role ─▶ whole, or an error
//	Apply ─▶ name → groupId, role → id ─▶ POST or DELETE ─ 400? ─▶ look whether it is so already
//
// An account is known by its accountId alone; a group's address is its name, and
// requests name its groupId. Who is in a role through a group is shown as indirect.
package jira
