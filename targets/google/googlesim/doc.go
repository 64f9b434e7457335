// Package googlesim is a stand-in for Google Workspace: as much of the Directory and
// Drive APIs as the target kind google uses, with paging, limits, error bodies, new
// groups that are not known everywhere at once, and ends of permissions.
//
//	/token                   signed assertions, where keys are checked
//	/admin/directory/v1/...  users, groups, members
//	/drive/v3/...            shared drives, permissions
package googlesim
