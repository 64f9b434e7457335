package population

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// fewUsers is how many users a posting lists before it becomes a bitmap: most
// values of names and addresses have one, for which a bitmap is too dear.
const fewUsers = 16

// posting is who has a value: a short list, or a bitmap.
type posting struct {
	few  []uint32 // ascending; where many is nil
	many *roaring.Bitmap
}

// postingOf takes over users, which are ascending.
func postingOf(users []uint32) posting {
	if len(users) <= fewUsers {
		return posting{few: users}
	}
	return posting{many: roaring.BitmapOf(users...)}
}

// set returns the users. A short list becomes a new bitmap each time, so that
// asking changes nothing.
func (p *posting) set() *roaring.Bitmap {
	if p.many != nil {
		return p.many
	}
	return roaring.BitmapOf(p.few...)
}

func (p *posting) add(n uint32) {
	if p.many != nil {
		p.many.Add(n)
		return
	}
	at, found := slices.BinarySearch(p.few, n)
	if found {
		return
	}
	p.few = slices.Insert(slices.Clone(p.few), at, n) // few may be a part of a shared array
	p.grow()
}

func (p *posting) addAll(users []uint32) {
	if p.many == nil {
		p.few = append(slices.Clone(p.few), users...)
		slices.Sort(p.few)
		p.grow()
		return
	}
	p.many.AddMany(users)
}

func (p *posting) grow() {
	if len(p.few) > fewUsers {
		p.many, p.few = roaring.BitmapOf(p.few...), nil
	}
}

func (p *posting) remove(n uint32) {
	if p.many != nil {
		p.many.Remove(n)
		return
	}
	if at, found := slices.BinarySearch(p.few, n); found {
		p.few = slices.Delete(slices.Clone(p.few), at, at+1)
	}
}
