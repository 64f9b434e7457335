package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birthright/hub"
)

// transcript is a conversation for people: what was asked behind >, what was
// answered behind <, and how it was read.
func transcript(c hub.Conversation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s %s\n", clock(c), visible(c.Method), visible(plainURL(c.URL)))
	about := []string{"id " + shortID(c.ID), "from " + c.Remote, "token " + c.Token, cmp.Or(c.Agent, "no user agent")}
	if c.Dialect != "" {
		about = append(about, "dialect "+c.Dialect)
	}
	fmt.Fprintf(&b, "  %s\n", visible(strings.Join(about, ", ")))
	writeMessage(&b, "  > ", c.Headers, bodyText(c.Request))
	verdict := "no answer"
	if c.Status != 0 {
		verdict = statusText(c.Status) + " " + http.StatusText(c.Status)
	}
	fmt.Fprintf(&b, "  < %s, after %s\n", verdict, took(c.TookMS))
	writeMessage(&b, "  < ", c.AnswerHeaders, bodyText(c.Answer))
	if len(c.Read) > 0 {
		b.WriteString("  read as\n")
	}
	for _, note := range c.Read {
		fmt.Fprintf(&b, "    %s\n", visible(note))
	}
	if c.Cut {
		fmt.Fprintf(&b, "  … stands for what is not kept: the request was %s, the answer %s\n", size(c.RequestBytes), size(c.AnswerBytes))
	}
	return b.String()
}

// writeMessage writes headers and body of one side.
func writeMessage(b *strings.Builder, indent string, headers map[string]string, body string) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(b, "%s%s: %s\n", indent, name, visible(headers[name]))
	}
	if body == "" {
		return
	}
	for line := range strings.SplitSeq(layOut(body), "\n") {
		fmt.Fprintf(b, "%s%s\n", indent, visible(line))
	}
}

// plainURL is a URL with its query as people read it.
func plainURL(written string) string {
	path, query, _ := strings.Cut(written, "?")
	if plain, err := url.QueryUnescape(query); err == nil && query != "" {
		return path + "?" + plain
	}
	return written
}

// shortID is the end of an id: ids that were made one after the other begin alike.
func shortID(id string) string { return id[max(len(id)-8, 0):] }

func took(ms float64) string { return strconv.FormatFloat(ms, 'f', 1, 64) + " ms" }

// bodyText is a body as it was kept, "" for none.
func bodyText(body json.RawMessage) string {
	if string(body) == "null" {
		return ""
	}
	return string(body)
}

func statusText(status int) string {
	if status == 0 {
		return "none"
	}
	return strconv.Itoa(status)
}

func size(bytes int64) string {
	if bytes < 10_000 {
		return count(int(bytes), "byte", "bytes")
	}
	return strconv.FormatInt(bytes/1000, 10) + " kB"
}

// clock is when a conversation was, as a log has it: to the millisecond.
func clock(c hub.Conversation) string {
	if c.At == nil {
		return ""
	}
	return c.At.UTC().Format("2006-01-02T15:04:05.000Z")
}
