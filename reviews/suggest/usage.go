package suggest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/internal/dates"
	"birthright/internal/strictyaml"
	"birthright/rules"
)

// The columns of a usage file.
const (
	columnUser = "user"
	columnWhat = "group_or_entitlement"
	columnLast = "last_used"
)

// Use is one line of a usage file: when somebody used something last, the zero time
// for never.
type Use struct {
	User, What string
	Last       time.Time
	// user and what are where they stand.
	user, what rules.Position
}

// ReadUsage reads a usage file: CSV with the columns user, group_or_entitlement and
// last_used, in any order. An empty last_used says that it was never used. Every
// fault is told at once, with its place.
func ReadUsage(name string, data []byte, now time.Time) ([]Use, error) {
	t := usageTable{name: name, rows: csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))), now: now}
	t.rows.FieldsPerRecord = -1
	t.read()
	if err := t.faults.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Err: err}
	}
	return t.uses, nil
}

type usageTable struct {
	name   string
	rows   *csv.Reader
	now    time.Time
	at     [3]int // the place of user, what and last among the columns
	width  int
	uses   []Use
	faults strictyaml.Faults
}

func (t *usageTable) read() {
	header, err := t.rows.Read()
	if errors.Is(err, io.EOF) {
		t.faults = append(t.faults, strictyaml.Fault{
			File: t.name, Line: 1, Column: 1, Message: "the file is empty: write the header " + strings.Join([]string{columnUser, columnWhat, columnLast}, ","),
		})
		return
	}
	for ; err == nil; header, err = t.rows.Read() {
		if t.width == 0 {
			if !t.header(header) {
				return
			}
			continue
		}
		t.row(header)
	}
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		t.faults = append(t.faults, strictyaml.Fault{File: t.name, Line: broken.Line, Column: max(broken.Column, 1), Message: broken.Err.Error()})
	}
}

// header finds the columns; without all three of them no row says anything.
func (t *usageTable) header(names []string) bool {
	t.width = len(names)
	wanted := []string{columnUser, columnWhat, columnLast}
	for i := range t.at {
		t.at[i] = -1
	}
	for i, name := range names {
		name = strings.TrimSpace(name)
		switch at := slices.Index(wanted, name); {
		case at < 0:
			t.fault(i, "no column is called %q: the columns are %s", name, strings.Join(wanted, ", "))
		case t.at[at] >= 0:
			t.fault(i, "column %q is there twice", name)
		default:
			t.at[at] = i
		}
	}
	for i, name := range wanted {
		if t.at[i] < 0 {
			t.fault(0, "the header has no column %q: the columns are %s", name, strings.Join(wanted, ", "))
		}
	}
	return len(t.faults) == 0
}

func (t *usageTable) row(fields []string) {
	if len(fields) != t.width {
		t.fault(0, "%s, but the header has %d (a field with a comma in it must be quoted)", columns(len(fields)), t.width)
		return
	}
	use := Use{
		User: strings.TrimSpace(fields[t.at[0]]), What: strings.TrimSpace(fields[t.at[1]]),
		user: t.place(t.at[0]), what: t.place(t.at[1]),
	}
	if use.User == "" {
		t.fault(t.at[0], "nobody is named")
	}
	if use.What == "" {
		t.fault(t.at[1], "neither a group nor an entitlement is named")
	}
	if text := strings.TrimSpace(fields[t.at[2]]); text != "" {
		var err error
		if use.Last, err = dates.Start(text); err != nil {
			t.fault(t.at[2], "%v", err)
		} else if use.Last.After(t.now) {
			t.fault(t.at[2], "%s is ahead: nothing was used then", text)
		}
	}
	t.uses = append(t.uses, use)
}

func columns(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

func (t *usageTable) place(field int) rules.Position {
	line, column := t.rows.FieldPos(field)
	return rules.Position{File: t.name, Line: line, Column: column}
}

func (t *usageTable) fault(field int, format string, args ...any) {
	t.faults = append(t.faults, faultAt(t.place(field), format, args...))
}

func faultAt(at rules.Position, format string, args ...any) strictyaml.Fault {
	return strictyaml.Fault{File: at.File, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...)}
}

// Usage is what a file tells of who used what, by group or entitlement.
type Usage struct {
	// known are the people about whom the file says something, recent those of them
	// who used it since an instant.
	known, recent map[string]*roaring.Bitmap
	// last is when they used it.
	last map[string]map[uint32]time.Time
}

// NewUsage puts the lines of a file together; of several about the same the latest
// counts. numbers are those of the users by name, as the file writes them; since is
// what counts as recent. A user or group that is not there is a fault.
func NewUsage(uses []Use, numbers map[string]int64, e *rules.Engine, since time.Time) (*Usage, error) {
	u := &Usage{known: map[string]*roaring.Bitmap{}, recent: map[string]*roaring.Bitmap{}, last: map[string]map[uint32]time.Time{}}
	there := map[string]bool{}
	var faults strictyaml.Faults
	for i := range uses {
		use := &uses[i]
		n, ok := numbers[use.User]
		if !ok {
			faults = append(faults, faultAt(use.user, "there is no user %q: `birthright user list` shows them", use.User))
		}
		if _, seen := there[use.What]; !seen {
			there[use.What] = known(e, use.What)
		}
		if !there[use.What] {
			faults = append(faults, faultAt(use.what, "%q is neither a group of the policy nor the address of an entitlement, such as github:team/platform", use.What))
		}
		if len(faults) == 0 {
			u.note(use.What, uint32(n), use.Last, since)
		}
	}
	if err := faults.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Err: err}
	}
	return u, nil
}

// known reports whether something is a group, or could be an entitlement.
func known(e *rules.Engine, what string) bool {
	if _, ok := e.Group(what); ok {
		return true
	}
	_, err := identity.ParseEntitlement(what)
	return err == nil
}

func (u *Usage) note(what string, n uint32, last, since time.Time) {
	if u.known[what] == nil {
		u.known[what], u.recent[what], u.last[what] = roaring.New(), roaring.New(), map[uint32]time.Time{}
	}
	u.known[what].Add(n)
	if !last.IsZero() && !last.Before(since) {
		u.recent[what].Add(n)
	}
	if last.After(u.last[what][n]) {
		u.last[what][n] = last
	}
}

// of returns which members of a group use what it gives, and which do not. Of the
// rest the file does not say enough: it would have to name the group, or everything
// that the group carries.
func (u *Usage) of(group string, access []identity.Entitlement, members *roaring.Bitmap) (used, unused *roaring.Bitmap) {
	recent, told := roaring.New(), roaring.New()
	if len(access) > 0 {
		told = members.Clone()
	}
	for _, e := range access {
		if seen := u.known[e.String()]; seen != nil {
			told.And(seen)
			recent.Or(u.recent[e.String()])
		} else {
			told.Clear()
		}
	}
	if seen := u.known[group]; seen != nil {
		told.Or(seen)
		recent.Or(u.recent[group])
	}
	used = roaring.And(members, recent)
	return used, roaring.AndNot(roaring.And(members, told), used)
}

// lastOf is when somebody used a group, or something that it carries, last.
func (u *Usage) lastOf(group string, access []identity.Entitlement, n uint32) time.Time {
	last := u.last[group][n]
	for _, e := range access {
		if at := u.last[e.String()][n]; at.After(last) {
			last = at
		}
	}
	return last
}
