package directory

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"birthright/identity"
	"birthright/internal/dates"
)

// Lifecycle returns where a person stands at now, given what is believed of
// them (see Authority.Merge):
//
//	left       no source has the person any more, or the end date passed
//	suspended  active is false
//	staged     the start date is ahead
//	leave      onLeave is true
//	active     otherwise
//
// The first that holds counts. What cannot be read gives nothing: an unreadable
// endDate or active suspends, an unreadable startDate stages, an unreadable
// onLeave is leave. Check keeps such values out of the directory beforehand.
func Lifecycle(records []identity.Record, attributes identity.Attributes, now time.Time) identity.State {
	starts, startErr := bound(attributes, identity.AttrStartDate, dates.Start)
	ends, endErr := bound(attributes, identity.AttrEndDate, dates.End)
	active, activeErr := flag(attributes, identity.AttrActive, true)
	onLeave, leaveErr := flag(attributes, identity.AttrOnLeave, false)
	switch {
	case !slices.ContainsFunc(records, identity.Record.Live), !ends.IsZero() && !now.Before(ends):
		return identity.Left
	case endErr != nil, activeErr != nil, !active:
		return identity.Suspended
	case startErr != nil, now.Before(starts):
		return identity.Staged
	case leaveErr != nil, onLeave:
		return identity.OnLeave
	}
	return identity.Active
}

// Check returns an error when r says something about the lifecycle that cannot
// be read and for which its source is believed. Such a record must not be taken
// over: a misspelt end date would otherwise decide who keeps access.
func (a Authority) Check(r identity.Record) error {
	var faults []error
	look := func(name string, err error) {
		if err != nil && a.Believes(name, r.Source) {
			faults = append(faults, err)
		}
	}
	_, err := bound(r.Attributes, identity.AttrStartDate, dates.Start)
	look(identity.AttrStartDate, err)
	_, err = bound(r.Attributes, identity.AttrEndDate, dates.End)
	look(identity.AttrEndDate, err)
	_, err = flag(r.Attributes, identity.AttrActive, true)
	look(identity.AttrActive, err)
	_, err = flag(r.Attributes, identity.AttrOnLeave, false)
	look(identity.AttrOnLeave, err)
	return errors.Join(faults...)
}

// bound reads the date called name; the zero time when it is absent.
func bound(attributes identity.Attributes, name string, parse func(string) (time.Time, error)) (time.Time, error) {
	value := attributes.First(name)
	if value == "" {
		return time.Time{}, nil
	}
	at, err := parse(value)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %w", name, err)
	}
	return at, nil
}

// flag reads the yes or no called name; absent when it is absent.
func flag(attributes identity.Attributes, name string, absent bool) (bool, error) {
	value := attributes.First(name)
	if value == "" {
		return absent, nil
	}
	yes, err := parseFlag(value)
	if err != nil {
		return absent, fmt.Errorf("%s %w", name, err)
	}
	return yes, nil
}
