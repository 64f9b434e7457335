package store

// RecordState is the little that an import needs to see that a record has not
// changed.
type RecordState struct {
	N, UserN int64
	Digest   [16]byte // see Digest
	Live     bool     // the source still has it
	Held     bool     // it waits for a person to say whose it is
}

// RecordQuery selects live records of one source, ordered by N.
type RecordQuery struct {
	Source string // "" for all sources
	// Attr and Value ask for records whose attribute equals Value. "id",
	// userName, externalId and email (the primary one) are looked up by index;
	// any other attribute is searched for. userName and email compare without
	// letter case.
	Attr, Value string
	// Held asks for records that wait for a person only.
	Held bool
	// AfterN and Offset skip; Limit bounds the answer, 0 for no bound.
	AfterN        int64
	Offset, Limit int
}
