package store

// SourceGroupQuery selects groups of one source, ordered by N.
type SourceGroupQuery struct {
	Source string // "" for all sources
	// Attr is "id", "key" or "displayName" (compared without letter case), or
	// "" for all groups.
	Attr, Value   string
	AfterN        int64
	Offset, Limit int
}

// Member is a direct member of a source group, as people need to see it.
type Member struct {
	N             int64
	ID, Key, Name string
	Group         bool // the member is a group itself
}

// MemberN names a member by number: a record, or a source group if Group is set.
type MemberN struct {
	N     int64
	Group bool
}
