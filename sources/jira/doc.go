// Package jira reads tickets from Jira Cloud: the issues that queries find which are
// open and assigned to somebody. It owns the form of the queries and of their pages.
//
//	who are we? ─▶ query of each queue ─▶ pages by token ─▶ facts, or an error
//
// Jira answers a token that is no good any more as it answers strangers: with what
// they may see, which is mostly nothing. So it is asked first whom it takes us for.
package jira
