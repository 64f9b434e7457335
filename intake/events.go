package intake

import (
	"strings"

	"birthright/audit"
	"birthright/directory"
	"birthright/identity"
	"birthright/store"
)

// The actions that the intake writes to the log. A user who appears, changes
// place or changes otherwise gives one event, whatever their records did; a
// record gives one only where no user tells of it.
const (
	UserCreated   = "user.created"
	UserState     = "user.state"
	UserChanged   = "user.changed"
	RecordAdded   = "record.added"
	RecordChanged = "record.changed"
	RecordGone    = "record.gone"
	RecordHeld    = "record.held"
	RecordLinked  = "record.linked"

	SourceImported = "source.imported"
	ImportHeld     = "import.held"
	FactsImported  = "facts.imported"

	GroupAdded   = "sourcegroup.added"
	GroupChanged = "sourcegroup.changed"
	GroupGone    = "sourcegroup.gone"
	GroupHeld    = "sourcegroup.held"
)

// refusedPrefix begins the reason of a record whose content was not taken over.
// Only its source can settle that.
const refusedPrefix = "not taken over: "

func refused(reason string) bool { return strings.HasPrefix(reason, refusedPrefix) }

// oneLine is err's text for a row.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// userEvent tells what became of p: names of attributes, not their values.
func (b *batch) userEvent(p *person) audit.Event {
	e := audit.Event{Actor: b.actor, Action: UserChanged, Subject: "user:" + p.next.UserName, Detail: map[string]any{}}
	switch {
	case p.isNew():
		e.Action = UserCreated
		e.Detail["state"] = string(p.next.State)
	case p.old.State != p.next.State:
		e.Action = UserState
		e.Detail["from"], e.Detail["to"] = string(p.old.State), string(p.next.State)
	}
	if !p.isNew() {
		if names := directory.Differences(p.old.Attributes, p.next.Attributes); len(names) > 0 {
			e.Detail["attributes"] = names
		}
		if p.old.UserName != p.next.UserName {
			e.Detail["was"] = p.old.UserName
		}
	}
	if len(p.entries) > 0 {
		e.Detail["record"] = p.entries[0].record.Source + "/" + p.entries[0].record.Key
	}
	b.explain(e)
	return e
}

// recordEvent tells what became of a record that changed no user.
func (b *batch) recordEvent(e *entry) audit.Event {
	event := audit.Event{Actor: b.actor, Action: RecordChanged, Subject: recordSubject(e.record), Detail: map[string]any{}}
	switch {
	case e.record.HeldReason != "":
		event.Action = RecordHeld
		event.Detail["reason"] = e.record.HeldReason
	case !e.record.Live():
		event.Action = RecordGone
	case e.old.N == 0 || !e.old.Live():
		event.Action = RecordAdded
	case e.old.UserN == 0 && e.record.UserN != 0:
		event.Action = RecordLinked
	}
	if e.person != nil {
		event.Detail["user"] = e.person.next.UserName
	}
	b.explain(event)
	return event
}

// explain adds the reason that a person gave.
func (b *batch) explain(e audit.Event) {
	if b.reason != "" {
		e.Detail["reason"] = b.reason
	}
}

func recordSubject(r identity.Record) string { return "record:" + r.Source + "/" + r.Key }

func groupSubject(g identity.SourceGroup) string { return "sourcegroup:" + g.Source + "/" + g.Name }

// groupEvent tells what became of a source's group.
func (b *batch) groupEvent(action string, g identity.SourceGroup, detail map[string]any) audit.Event {
	e := audit.Event{Actor: b.actor, Action: action, Subject: groupSubject(g), Detail: detail}
	if e.Detail == nil {
		e.Detail = map[string]any{}
	}
	b.explain(e)
	return e
}

// HeldReleased says that a person let a held thing go.
const HeldReleased = "held.released"

func heldReleased(actor string, row store.HeldRow, reason string) audit.Event {
	return audit.Event{Actor: actor, Action: HeldReleased, Subject: row.Subject, Detail: map[string]any{
		"held": row.ID, "what": row.Reason, "reason": reason,
	}}
}
