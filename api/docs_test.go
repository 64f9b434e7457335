package api_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The examples of the page work, one after the other, as they stand there.
func TestTheDocumentedExamples(t *testing.T) {
	h := open(t)
	page, err := os.ReadFile("../docs/api.md")
	h.Must(err)
	values := map[string]string{"TOKEN": h.token("ada"), "APPROVER": h.token("olga"), "AUDITOR": h.token("auditor"), "HUB": ""}
	calls := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			if !strings.HasPrefix(line, "curl ") {
				continue
			}
			calls++
			method, path, body, headers := curl(t, line, values)
			got := h.call("", method, path, body, headers...)
			if got.status >= 300 {
				t.Fatalf("%s: %d %s", line, got.status, got.text)
			}
			switch {
			case strings.HasSuffix(path, "/requests"):
				values["REQUEST"] = got.at("items.0.id")
			case strings.HasSuffix(path, "/approve"):
				values["GRANT"] = got.at("grant")
				h.Work()
			}
			found := "1"
			if strings.Contains(path, "/catalog?") {
				found = "2" // the group, and the bundle that it is in
			}
			if strings.Contains(path, "?") && !strings.Contains(path, "csv") && got.at("items.len") != found {
				t.Errorf("%s found %s", line, got.text)
			}
		}
	}
	if calls != 9 {
		t.Errorf("%d examples were tried", calls)
	}
}

// curl reads a command line, as the shell and curl would.
func curl(t *testing.T, line string, values map[string]string) (method, path, body string, headers []string) {
	method = "GET"
	var words []string
	for _, word := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(line, -1) {
		if !strings.HasPrefix(word, "'") {
			word = os.Expand(word, func(name string) string { return values[name] })
		}
		words = append(words, strings.Trim(word, `'"`))
	}
	for i := 1; i < len(words); i++ {
		switch words[i] {
		case "-H":
			i++
			name, value, _ := strings.Cut(words[i], ": ")
			headers = append(headers, name, value)
		case "-X":
			i++
			method = words[i]
		case "-d":
			i++
			method, body = "POST", words[i]
		default:
			after, found := strings.CutPrefix(words[i], "/api/v1")
			if !found {
				t.Fatalf("%q in %s", words[i], line)
			}
			path = after
		}
	}
	return method, path, body, headers
}
