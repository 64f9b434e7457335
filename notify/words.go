package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/desk"
)

// Words are what a message says, for people, before a channel escapes it.
type Words struct {
	Subject string
	Lines   []string
	Facts   []Fact
	// Link is the page about it; it asks for a login.
	Link string
}

// Fact is one thing to know, by name.
type Fact struct{ Name, Value string }

// Tell puts a story into words for a recipient. Everything that somebody wrote is
// made plain, so that no channel sees a line break or an endless text.
func Tell(s Story, to Recipient, publicURL string) Words {
	t := teller{Story: s, to: to, request: or(s.Request), grant: or(s.Grant)}
	t.whose()
	subject, lines := t.speak()
	w := Words{Subject: Plain(subject, 2*mostName), Facts: t.facts(), Link: strings.TrimRight(publicURL, "/") + "/"}
	for _, line := range lines {
		if line != "" {
			w.Lines = append(w.Lines, line)
		}
	}
	if t.request.ID != "" {
		w.Link += "requests/" + t.request.ID
	}
	return w
}

func or[T any](v *T) T {
	var none T
	if v == nil {
		return none
	}
	return *v
}

// teller is a story on its way into words.
type teller struct {
	Story
	to      Recipient
	request desk.Request
	grant   desk.Grant
	// user and group are whose access to what it is about; own is set where it is
	// the recipient's.
	user, group string
	own         bool
	// by is who did it.
	by string
}

func (t *teller) whose() {
	user, group := t.request.User, t.request.Group
	if user == "" {
		user, group = t.grant.User, t.grant.Group
	}
	t.user, t.group, t.own, t.by = name(user), name(group), user != "" && t.to.Name == user, who(t.Actor)
}

// speak returns the subject and the lines.
func (t *teller) speak() (string, []string) {
	if aboutReview(t.Kind) {
		return t.reviewed()
	}
	switch t.Kind {
	case grants.NoticeWaiting, grants.NoticeVoted, grants.NoticeReminder, grants.NoticeEscalated:
		return t.waiting()
	case grants.NoticeApproved, grants.NoticeDenied, grants.NoticeCancelled, grants.NoticeExpired:
		return t.decided()
	case grants.NoticeGlass, grants.NoticeUnreviewed, grants.NoticeReviewed:
		return t.glass()
	case grants.NoticeDelegation:
		return t.delegated()
	case Test:
		return "A test from Birthright", []string{"This message was sent by " + t.by + " to see whether it arrives. There is nothing to do."}
	}
	return t.granted()
}

// wish is what is asked for, in words: "prod-db-read for 1h".
func (t *teller) wish() string {
	if t.request.Kind == grants.KindExtension {
		return lasting(t.request.Seconds) + " more of " + t.group
	}
	return t.group + " for " + lasting(t.request.Seconds)
}

// asks says who asks for what and for whom.
func (t *teller) asks() string {
	asker := who(t.request.By)
	if asker == t.user {
		return asker + " asks for " + t.wish()
	}
	return asker + " asks for " + t.wish() + ", for " + t.user
}

func (t *teller) waiting() (string, []string) {
	answer := "Please approve or deny it. It expires on " + t.to.clock(t.request.ExpiresAt) + "."
	switch t.Kind {
	case grants.NoticeVoted:
		return t.by + " has answered: " + t.asks(), []string{t.by + " has answered the request. More answers are needed."}
	case grants.NoticeReminder:
		return "Still waiting: " + t.asks(), []string{t.asks() + ". The request has been waiting since " + t.to.clock(t.request.Created) + ".", answer}
	case grants.NoticeEscalated:
		return "You are asked too: " + t.asks(), []string{t.asks() + ". Those who were asked first have not decided, so it is for you too.", answer}
	}
	if t.request.Stage != nil && t.request.Stage.Lacking != "" {
		lacking := Plain(t.request.Stage.Lacking, mostReason)
		return "Too few can approve: " + t.asks(), []string{t.asks() + ". " + strings.ToUpper(lacking[:1]) + lacking[1:] + ".", answer}
	}
	return t.asks(), []string{t.asks() + ".", answer}
}

func (t *teller) decided() (string, []string) {
	whose := t.user + "'s request for " + t.group
	if t.own {
		whose = "Your request for " + t.group
	}
	switch t.Kind {
	case grants.NoticeApproved:
		line := who(t.request.DecidedBy) + " approved it."
		if t.request.Because != "" {
			line = "The policy approves it without anybody: " + Plain(t.request.Because, mostReason)
		}
		return whose + " is approved", []string{line, note(t.request.Note), "The access is on its way; it counts from when it is there."}
	case grants.NoticeDenied:
		return whose + " is denied", []string{who(t.request.DecidedBy) + " denied it.", note(t.request.Note)}
	case grants.NoticeCancelled:
		return whose + " is cancelled", []string{t.by + " took it back. There is nothing to decide any more."}
	}
	return whose + " has expired", []string{"Nobody decided on it in time. It can be asked for again."}
}

func note(text string) string {
	if text == "" {
		return ""
	}
	return "They wrote: " + Plain(text, mostReason)
}

// granted tells of a grant.
func (t *teller) granted() (string, []string) {
	whose, they, have := t.user+"'s access to "+t.group, t.user, "has"
	if t.own {
		whose, they, have = "Your access to "+t.group, "You", "have"
	}
	end := t.to.clock(t.grant.EndsAt)
	switch t.Kind {
	case grants.NoticeActive:
		return they + " " + have + " access to " + t.group, []string{"It is there on every system, and ends on " + end + "."}
	case grants.NoticeEnding:
		return whose + " ends soon", []string{"It ends on " + end + ". Whoever needs it longer can extend it until then."}
	case grants.NoticeEnded:
		return whose + " has ended", []string{ended(t.grant)}
	case grants.NoticeFailed:
		return whose + " did not come to be", []string{"Reason: " + Plain(t.grant.Reason, mostReason) + ".", "It can be asked for again."}
	case grants.NoticeExtended:
		return whose + " lasts longer", []string{"It now ends on " + end + "."}
	case grants.NoticeReturned:
		return whose + " was given back", []string{t.by + " gave it back before its time."}
	case grants.NoticeRevoked:
		return whose + " was taken away", []string{t.by + " took it away before its time.", note(t.grant.Reason)}
	case grants.NoticeOverdue:
		return whose + " should be gone", []string{
			"It ended on " + end + ", and " + lasting(t.grant.OverdueSeconds) + " later something of it is still there.",
			"The hub goes on trying. Please see why the system does not answer.",
		}
	}
	return t.Kind + ": " + whose, nil
}

// ended says why a grant is over.
func ended(g desk.Grant) string {
	switch g.Ended {
	case grants.OverLifecycle:
		return "The person may hold nothing at the moment."
	case grants.OverLapsed:
		return "The shift or ticket that it was given for is over."
	case grants.OverGone:
		return "The policy has no such group any more."
	case grants.OverReturned:
		return who(g.EndedBy) + " gave it back."
	case grants.OverRevoked:
		return who(g.EndedBy) + " took it away. " + note(g.Reason)
	}
	return "Its time is up."
}

func (t *teller) glass() (string, []string) {
	switch t.Kind {
	case grants.NoticeUnreviewed:
		return "Not reviewed yet: " + t.user + " broke the glass for " + t.group, []string{
			"Nobody has looked at it since " + t.to.clock(t.request.Created) + ". Please say whether it was justified.",
		}
	case grants.NoticeReviewed:
		review := or(t.request.Review)
		return "Reviewed: " + t.user + " broke the glass for " + t.group, []string{
			who(review.By) + " looked at it: " + review.Verdict + ".", note(review.Note),
		}
	}
	return t.user + " broke the glass for " + t.group, []string{
		"In an emergency " + t.user + " took " + t.group + " for " + lasting(t.request.Seconds) + " without asking.",
		"Please look at it, and say afterwards whether it was justified.",
	}
}

func (t *teller) delegated() (string, []string) {
	d := or(t.Delegation)
	if d.From == "" {
		return "You decide in somebody's place", []string{t.by + " made it so."}
	}
	return name(d.To) + " decides for " + name(d.From), []string{
		"From " + t.to.clock(d.Start) + " until " + t.to.clock(d.End) + ", requests that " + name(d.From) + " may decide on come to " + name(d.To) + " too.", note(d.Reason),
	}
}

// facts lists what there is to know.
func (t *teller) facts() []Fact {
	var out []Fact
	add := func(what, value string) {
		if value != "" {
			out = append(out, Fact{what, value})
		}
	}
	if aboutReview(t.Kind) {
		return t.reviewFacts()
	}
	r := t.request
	add("Who", t.user)
	add("Group", t.group)
	add("Reason", Plain(r.Reason, mostReason))
	add("Ticket", name(r.Ticket))
	switch {
	case r.ID != "":
		add("For", lasting(r.Seconds))
	case t.grant.ID != "":
		add("For", lasting(t.grant.Seconds))
	}
	if r.Start != nil {
		add("From", t.to.clock(*r.Start))
	}
	if t.grant.ID != "" && !strings.HasPrefix(t.Kind, "request.") {
		add("Until", t.to.clock(t.grant.EndsAt))
	}
	if r.Stage != nil && r.Stage.Need > 1 {
		add("Approved", strconv.Itoa(r.Stage.Have)+" of "+strconv.Itoa(r.Stage.Need))
	}
	add("Request", r.ID)
	add("Grant", t.grant.ID)
	return out
}

// Outcome says in a sentence what became of a request, "" while it is open.
func Outcome(r desk.Request, to Recipient) string {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return " on " + to.clock(*t)
	}
	switch r.State {
	case grants.Pending:
		return ""
	case grants.Expired:
		return "Nobody decided in time: it expired" + at(&r.ExpiresAt) + "."
	case grants.Approved:
		if r.Because != "" {
			return "Approved by the policy" + at(r.DecidedAt) + "."
		}
	}
	text := fmt.Sprintf("%s%s by %s%s.", strings.ToUpper(r.State[:1]), r.State[1:], who(r.DecidedBy), at(r.DecidedAt))
	return strings.TrimSpace(text + " " + note(r.Note))
}
