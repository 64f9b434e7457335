package google

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
)

// The kinds of entitlement.
const (
	kindGroup = "group"
	kindDrive = "drive"
	kindFile  = "file"
)

// driveRoles and fileRoles go from the most to the least: who has one has those
// after it, too.
var (
	driveRoles = []string{"organizer", "fileOrganizer", "writer", "commenter", "reader"}
	fileRoles  = []string{"writer", "commenter", "reader"}
)

func (t *Target) kinds() []string {
	kinds := []string{kindGroup}
	if t.config.Drives.GroupDomain != "" {
		kinds = append(kinds, kindDrive)
	}
	if len(t.config.Files) > 0 {
		kinds = append(kinds, kindFile)
	}
	return kinds
}

// place is a drive's name or a file's id, with a role on it.
type place struct{ of, role string }

func (p place) String() string { return p.of + "@" + p.role }

// parsePlace reads OF@ROLE: an @ within the name does no harm.
func parsePlace(kind, id string) (place, error) {
	roles := driveRoles
	if kind == kindFile {
		roles = fileRoles
	}
	at := strings.LastIndexByte(id, '@')
	if at <= 0 || !slices.Contains(roles, id[at+1:]) {
		return place{}, fmt.Errorf("%q: write it as %s, with one of the roles %s", id,
			map[string]string{kindDrive: "NAME@ROLE", kindFile: "FILEID@ROLE"}[kind], strings.Join(roles, ", "))
	}
	return place{id[:at], id[at+1:]}, nil
}

func (t *Target) entitlement(kind, id string) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: kind, ID: id}
}

// check says what is wrong with an address.
func (t *Target) checkEntitlement(e identity.Entitlement) error {
	if e.Target != t.name || e.ID == "" || !slices.Contains(t.kinds(), e.Kind) {
		return fmt.Errorf("%s is nothing that target %s gives: that is %s", e, t.name, strings.Join(t.kinds(), ", "))
	}
	if e.Kind == kindGroup {
		return nil
	}
	_, err := parsePlace(e.Kind, e.ID)
	return err
}

// roleGroup is the address of the group that stands for a role on a drive. The
// drive's id is in it, as a hash: names are not unique and change, and one group must
// never stand for two drives.
func (t *Target) roleGroup(driveID, driveName, role string) string {
	slug := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(driveName))
	slug = strings.Join(strings.FieldsFunc(slug, func(r rune) bool { return r == '-' }), "-")
	if len(slug) > 30 {
		slug = slug[:30]
	}
	if slug != "" {
		slug += "-"
	}
	return fold("drive-" + slug + t.roleGroupEnd(driveID, role))
}

// roleGroupEnd is what of such an address survives a drive's new name.
func (t *Target) roleGroupEnd(driveID, role string) string {
	sum := sha256.Sum256([]byte(driveID))
	return fold(hex.EncodeToString(sum[:4]) + "-" + role + "@" + t.config.Drives.GroupDomain)
}

// standsFor reports whether a group is the one of a drive and role.
func (t *Target) standsFor(address, driveID, role string) bool {
	address = fold(address)
	return strings.HasPrefix(address, "drive-") && strings.HasSuffix(address, "-"+t.roleGroupEnd(driveID, role))
}

// isRoleGroup reports whether a group is one of those for drives, whichever: people
// in it are managed as holders of the drive's role, and not a second time.
func (t *Target) isRoleGroup(address string) bool {
	local, domain, _ := strings.Cut(fold(address), "@")
	if t.config.Drives.GroupDomain == "" || domain != fold(t.config.Drives.GroupDomain) || !strings.HasPrefix(local, "drive-") {
		return false
	}
	dash := strings.LastIndexByte(local, '-')
	hash := local[strings.LastIndexByte(local[:dash], '-')+1 : dash]
	_, err := hex.DecodeString(hash)
	return err == nil && len(hash) == 8 && slices.ContainsFunc(driveRoles, func(r string) bool { return fold(r) == local[dash+1:] })
}
