// Package slack is the target kind "slack": user groups and channels of a workspace, by
// Slack's Web API.
//
//	usergroup/HANDLE  members of a user group: the list is replaced as a whole
//	channel/NAME      members of a channel: many are invited at once, one is removed
//
//	Read   users.list ─▶ usergroups.list (with everybody) ─▶ conversations.list, .members
//	Apply  ops ─▶ by entitlement ─▶ one write for a user group, invitations and kicks for a channel
//
// Slack answers errors with 200 and ok:false: call.go says what each means. Accounts are
// read, and made by others: the SCIM kind does that. A stand-in is slacksim.
package slack
