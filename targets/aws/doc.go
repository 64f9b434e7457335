// Package aws is `kind: aws`: people in AWS IAM Identity Center, their groups and
// their permission sets on AWS accounts; with `iam: true` the users and groups of
// classic IAM in one AWS account instead. It owns the way from ops to AWS's calls;
// signing and shapes are the SDK's, limits and recordings internal/httpkit's, the
// decisions the engine's.
//
//	Read  ─▶ ListUsers, ListGroups with members, permission sets × accounts ─▶ whole, or an error
//	Apply ─▶ account and group ops one by one ───────────────▶ identitystore
//	      ─▶ assignments: look, start, wait together ─────────▶ sso ─▶ done, or pending
//	      ─▶ switching off and on ────────────────────────────▶ SCIM, where that is set
//
// An account is a user of the identity store, by its UserId. Entitlements are
// group/NAME, permission-set/NAME@ACCOUNT and, with iam, iam-group/NAME. What a
// group gives its members on an account is shown as indirect.
package aws
