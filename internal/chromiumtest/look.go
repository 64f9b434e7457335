package chromiumtest

import (
	"fmt"
	"iter"
)

// Look is how a person looks at pages. The zero value is a laptop, light, with scripts.
type Look struct {
	Width    int // of the window, in CSS pixels; default 1024
	Dark     bool
	NoScript bool // pages run no scripts
}

// The widths that pages are looked at.
const (
	Phone  = 390
	Laptop = 1024
	Wide   = 1600
)

// Looks are all widths, each light and dark.
func Looks() iter.Seq[Look] {
	return func(yield func(Look) bool) {
		for _, width := range []int{Phone, Laptop, Wide} {
			for _, dark := range []bool{false, true} {
				if !yield(Look{Width: width, Dark: dark}) {
					return
				}
			}
		}
	}
}

// String names a look, for subtests and pictures: "390-dark".
func (l Look) String() string {
	name := fmt.Sprintf("%d-%s", l.width(), l.scheme())
	if l.NoScript {
		name += "-noscript"
	}
	return name
}

func (l Look) width() int {
	if l.Width == 0 {
		return Laptop
	}
	return l.Width
}

func (l Look) height() int {
	if l.width() <= Phone {
		return 844
	}
	return 900
}

func (l Look) scheme() string {
	if l.Dark {
		return "dark"
	}
	return "light"
}
