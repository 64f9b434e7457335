// Package slacksim is a stand-in for a Slack workspace: as much of the Web API as the
// target kind slack uses, with pages by cursor, limits by method, errors in answers
// with status 200, lists that are replaced whole and cannot be empty, and channels that
// an app is in or not.
package slacksim
