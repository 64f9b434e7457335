package slack

import (
	"github.com/slack-go/slack"

	"birthright/grants/desk"
	"birthright/internal/duration"
	"birthright/notify"
	"strings"
	"time"
)

// The forms, and their fields.
const (
	formAsk  = "ask"
	formDeny = "deny"

	fieldGroup    = "group"
	fieldDuration = "duration"
	fieldReason   = "reason"
	fieldTicket   = "ticket"
)

// Slack's bounds.
const (
	mostOptions     = 100
	mostOptionText  = 75
	mostOptionValue = 150
	mostInput       = 2000
)

// options lists what can be asked for; a name that is too long for Slack cannot be.
func options(offers []desk.Offer) []*slack.OptionBlockObject {
	out := []*slack.OptionBlockObject{}
	for _, o := range offers {
		if len(o.Name) > mostOptionValue {
			continue
		}
		label := o.Name
		if o.Title != "" && o.Title != o.Name {
			label = o.Title + " (" + o.Name + ")"
		}
		out = append(out, slack.NewOptionBlockObject(o.Name, plain(notify.Plain(label, mostOptionText-1)), nil))
	}
	return out
}

// askForm is the form to ask with. Where there is more than Slack lists, people search.
func askForm(offers []desk.Offer) slack.ModalViewRequest {
	choice := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Choose a group"), fieldGroup, options(offers)...)
	if len(choice.Options) > mostOptions {
		choice = slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Search for a group"), fieldGroup)
		none := 0
		choice.MinQueryLength = &none
	}
	reason := text(fieldReason, "")
	reason.Multiline = true
	return form(formAsk, "Ask for access", "Ask", "",
		slack.NewInputBlock(fieldGroup, plain("Group"), nil, choice),
		optional(slack.NewInputBlock(fieldDuration, plain("For how long"), plain("Such as 30m, 2h or 1d; empty for as long as is usual"), text(fieldDuration, "2h"))),
		optional(slack.NewInputBlock(fieldReason, plain("Reason"), nil, reason)),
		optional(slack.NewInputBlock(fieldTicket, plain("Ticket"), nil, text(fieldTicket, ""))),
	)
}

// denyForm asks why.
func denyForm(r desk.Request, value string) slack.ModalViewRequest {
	reason := text(fieldReason, "")
	reason.Multiline = true
	what := notify.Plain(strings.TrimPrefix(r.By, "user:")+" asks for "+r.Group+" for "+duration.Format(time.Duration(r.Seconds)*time.Second)+".", 300)
	return form(formDeny, "Deny "+r.ID, "Deny", value,
		slack.NewSectionBlock(plain(what), nil, nil), slack.NewInputBlock(fieldReason, plain("Why not"), nil, reason))
}

// said is a form that only says something.
func said(title, words string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(notify.Plain(title, 23)), Close: plain("Close"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewSectionBlock(plain(words), nil, nil)}},
	}
}

func form(id, title, submit, metadata string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: id, Title: plain(notify.Plain(title, 23)), Submit: plain(submit), Close: plain("Cancel"), PrivateMetadata: metadata,
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func text(id, placeholder string) *slack.PlainTextInputBlockElement {
	var hint *slack.TextBlockObject
	if placeholder != "" {
		hint = plain(placeholder)
	}
	e := slack.NewPlainTextInputBlockElement(hint, id)
	e.MaxLength = mostInput
	return e
}

func optional(b *slack.InputBlock) *slack.InputBlock {
	b.Optional = true
	return b
}

// field is what was put into a field.
func field(v slack.View, name string) string {
	if v.State == nil {
		return ""
	}
	in := v.State.Values[name][name]
	if in.SelectedOption.Value != "" {
		return in.SelectedOption.Value
	}
	return strings.TrimSpace(in.Value)
}
