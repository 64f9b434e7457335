package slack

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"birthright/notify"
)

// What buttons are called in what comes back.
const (
	actionApprove = "approve"
	actionDeny    = "deny"
)

// escaped makes text that is nothing but text in Slack: no mention, no link.
func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func marked(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true) // verbatim: addresses in it are no links
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// mostFields is how many fields Slack takes in a section.
const mostFields = 10

// content is a message as Slack shows it.
func content(m notify.Message) []slack.MsgOption {
	lines := []string{"*" + escaped(m.Subject) + "*"}
	for _, line := range m.Lines {
		if line != m.Subject+"." {
			lines = append(lines, escaped(line))
		}
	}
	if m.Outcome != "" {
		lines = []string{lines[0], escaped(m.Outcome)} // what to do is no news any more
	}
	blocks := []slack.Block{slack.NewSectionBlock(marked(strings.Join(lines, "\n")), nil, nil)}
	var fields []*slack.TextBlockObject
	for _, f := range m.Facts {
		if len(fields) < mostFields {
			fields = append(fields, marked("*"+escaped(f.Name)+"*\n"+escaped(f.Value)))
		}
	}
	if len(fields) > 0 {
		blocks = append(blocks, slack.NewSectionBlock(nil, fields, nil))
	}
	if m.Open && m.Request != nil {
		value := m.Request.ID + ":" + strconv.Itoa(m.Request.Revision)
		blocks = append(blocks, slack.NewActionBlock("decide",
			slack.NewButtonBlockElement(actionApprove, value, plain("Approve")).WithStyle(slack.StylePrimary),
			slack.NewButtonBlockElement(actionDeny, value, plain("Deny")).WithStyle(slack.StyleDanger)))
	}
	blocks = append(blocks, slack.NewContextBlock("", marked("<"+escaped(m.Link)+"|Open in Birthright>")))
	return []slack.MsgOption{
		slack.MsgOptionText(m.Subject, true), slack.MsgOptionBlocks(blocks...), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}
