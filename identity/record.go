package identity

import "time"

// Record is what one source says about one person, before correlation.
type Record struct {
	// N is the record's dense number inside the hub's store; 0 before it is stored.
	N int64
	// ID is the hub's own opaque identifier (a UUID). For a source that pushes
	// SCIM it is the resource's id.
	ID string
	// Source is the configured name of the source.
	Source string
	// Key is the source's own immutable identifier of the person (entryUUID,
	// objectGUID, employee number, the SCIM id …), unique within Source.
	Key string
	// Attributes are the mapped values. AttrActive is present only where the
	// source has an opinion.
	Attributes Attributes
	// Payload is what the source said, kept whole for those who must say it
	// back (SCIM). The hub itself never reads it.
	Payload []byte
	// Created and Modified are when the hub first stored and last changed it.
	Created, Modified time.Time
	// Version counts from 1 how often the record was stored; 0 before that.
	Version int64
	// GoneAt is when the source stopped having it; zero while it is there.
	GoneAt time.Time
	// UserN is the dense number of the User it was correlated with; 0 when it
	// is held for a person to decide.
	UserN int64
	// HeldReason says why it was not correlated; "" when it was.
	HeldReason string
}

// Live reports whether the source still has the record.
func (r Record) Live() bool { return r.GoneAt.IsZero() }

// SourceGroup is a group as a source knows it: raw material for conditions
// ("okta-admins" in user.groups), not the hub's own unit of access.
type SourceGroup struct {
	N       int64
	ID      string // the hub's opaque identifier; the SCIM id for pushed groups
	Source  string
	Key     string // the source's immutable identifier, unique within Source
	Name    string // display name
	Payload []byte // as for Record

	Created, Modified time.Time
	Version           int64 // as for Record; a changed member counts
}

// MemberRef names a member of a SourceGroup within the same source.
type MemberRef struct {
	// Key is the Record.Key or, if Group is set, the SourceGroup.Key of the member.
	Key   string
	Group bool
}
