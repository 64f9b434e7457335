package ad

import "birthright/targets"

// ReadMembersBy makes the target ask for members under another name, such as the
// first part of them alone, which Windows hands out by itself.
func ReadMembersBy(t targets.Target, attribute string) {
	t.(*Target).Layout.MembersAs = attribute
}
