package searchdoc

// Query asks for a part of the resources of one type.
type Query struct {
	Where Condition // nil for all
	Order Order
	// After skips everything up to a place in that order, Offset so many of the
	// rest; Limit bounds the answer, 0 for nothing but the total.
	After         *Place
	Offset, Limit int
	Total         bool // how many there are in all is wanted
}

// Place is where in an order a resource stands: by what it is sorted, and its
// number. It survives changes: whatever comes and goes, what follows it is what
// stands behind it.
type Place struct {
	N    int64
	Sort any // string, float64 or int64; nil where it has no such value
}

// Page is a part of what a Query asks for.
type Page[T any] struct {
	Found  []T
	Places []Place // where each of them stands
	Total  int     // -1 where it was not asked for
}
