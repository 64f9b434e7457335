// Package google is the target kind "google": Google Workspace, by the Directory API
// for users and groups and by the Drive API for shared drives and single files.
//
//	group/EMAIL      members of a group, role MEMBER
//	drive/NAME@ROLE  a role on a shared drive, through one group for each drive and role
//	file/ID@ROLE     a permission on one file, which Drive itself ends at a given time
//
//	Read   users ─▶ groups ─▶ members ─▶ drives ─▶ permissions   (who holds it through what)
//	Apply  op ─▶ account ─▶ one member, one permission, or one user
//
// It owns how Google names and answers things. Signing, pacing and what a request may
// have done are httpkit's; a stand-in for Google is googlesim.
package google
