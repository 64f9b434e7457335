package store

// Match is a record that has a correlation key.
type Match struct {
	RecordN, UserN int64 // UserN is 0 while the record is held
	Source         string
	Live           bool
}
