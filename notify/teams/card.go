package teams

import "birthright/notify"

// The version of Adaptive Cards that every client of Teams shows.
const version = "1.4"

type object = map[string]any

// post is what a workflow "when a webhook request is received" takes.
func post(m notify.Message) object {
	return object{"type": "message", "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card(m),
	}}}
}

// card is a message as Teams shows it. All of it is made of text runs, which are never
// Markdown: nothing that somebody wrote becomes a link, a mention or a heading.
func card(m notify.Message) object {
	body := []object{paragraph(run(m.Subject, "weight", "Bolder", "size", "Medium"))}
	for _, line := range m.Lines {
		if line != m.Subject+"." {
			body = append(body, paragraph(run(line)))
		}
	}
	for _, f := range m.Facts {
		body = append(body, paragraph(run(f.Name+": ", "weight", "Bolder"), run(f.Value)))
	}
	return object{
		"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": version,
		"fallbackText": m.Subject, "msteams": object{"width": "Full"}, "body": body,
		"actions": []object{{"type": "Action.OpenUrl", "title": "Open in Birthright", "url": m.Link}},
	}
}

func paragraph(runs ...object) object {
	return object{"type": "RichTextBlock", "inlines": runs}
}

// run is a piece of text in a look that is given by names and values.
func run(text string, look ...string) object {
	out := object{"type": "TextRun", "text": text}
	for i := 0; i+1 < len(look); i += 2 {
		out[look[i]] = look[i+1]
	}
	return out
}
