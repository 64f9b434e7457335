package inspect

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// serve answers with handle, listened in on, and returns what was heard of each
// request.
func serve(t *testing.T, handle func(*Talk)) (*httptest.Server, <-chan Exchange) {
	heard := make(chan Exchange, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		talk := Capture(w, r, noon)
		defer func() { heard <- talk.End(noon.Add(3 * time.Millisecond)) }()
		handle(talk)
	}))
	t.Cleanup(server.Close)
	return server, heard
}

func TestTalkHearsBothSides(t *testing.T) {
	server, heard := serve(t, func(talk *Talk) {
		if _, err := io.Copy(io.Discard, talk.Request.Body); err != nil {
			t.Error(err)
		}
		talk.Source, talk.Token = "okta", "0123456789abcdef"
		talk.Notes.SetDialect("okta")
		talk.Notes.Add("%s was read as %s", "Replace", "replace")
		talk.Writer.Header().Set("Etag", `W/"2"`)
		talk.Writer.Header().Set("Set-Cookie", "session=hunter2")
		talk.Writer.WriteHeader(http.StatusEarlyHints)
		talk.Writer.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(talk.Writer, `{"detail":`)
		_, _ = io.WriteString(talk.Writer, `"no"}`)
	})
	r, err := http.NewRequest(http.MethodPatch, server.URL+"/scim/v2/Users/7?attributes=id&filter=password+eq+%22hunter2%22", strings.NewReader(`{"password":"hunter2"}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer hunter2", "Cookie": "a=hunter2", "If-Match": `W/"1"`, "User-Agent": "Okta SCIM Client 1.0.0", "Content-Type": "application/scim+json",
	} {
		r.Header.Set(name, value)
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != `{"detail":"no"}` || answer.StatusCode != http.StatusTeapot {
		t.Errorf("the client got %d %s, %v", answer.StatusCode, body, err)
	}
	got := (<-heard).Conversation()
	if got.Remote == "" || !got.Failed() {
		t.Errorf("from %q, failed %v", got.Remote, got.Failed())
	}
	got.Remote = ""
	want := Conversation{
		Source: "okta", At: noon, Took: 3 * time.Millisecond, Method: "PATCH", URL: "/scim/v2/Users/7?attributes=id&filter=password+eq+%22***%22",
		Agent: "Okta SCIM Client 1.0.0", Token: "0123456789abcdef",
		Headers:       map[string]string{"Content-Type": "application/scim+json", "If-Match": `W/"1"`},
		AnswerHeaders: map[string]string{"Etag": `W/"2"`},
		Request:       `{"password":"***"}`, RequestBytes: 22, Status: http.StatusTeapot, Answer: `{"detail":"no"}`, AnswerBytes: 15,
		Dialect: "okta", Read: []string{"Replace was read as replace"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Nothing is held back: what is written and flushed is with the client while the
// request still comes.
func TestTalkStreams(t *testing.T) {
	server, heard := serve(t, func(talk *Talk) {
		if err := http.NewResponseController(talk.Writer).EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		lines := bufio.NewScanner(talk.Request.Body)
		for lines.Scan() {
			_, _ = io.WriteString(talk.Writer, lines.Text()+"!\n")
			talk.Writer.(http.Flusher).Flush()
		}
	})
	out, in := io.Pipe()
	r, err := http.NewRequest(http.MethodPost, server.URL, out)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(in, "one\n") }()
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	for _, line := range []string{"one", "two", "three"} {
		if line != "one" {
			if _, err := io.WriteString(in, line+"\n"); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := lines.ReadString('\n'); got != line+"!\n" {
			t.Fatalf("got %q, %v while the request is not at its end", got, err)
		}
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if x := <-heard; string(x.request.data) != "one\ntwo\nthree\n" || string(x.answer.data) != "one!\ntwo!\nthree!\n" || x.status != http.StatusOK {
		t.Errorf("heard %d %q %q", x.status, x.request.data, x.answer.data)
	}
}

// A body that is too long is refused as without listening: the server closes the
// connection.
func TestTalkLeavesLimitsToTheServer(t *testing.T) {
	server, heard := serve(t, func(talk *Talk) {
		_, err := io.ReadAll(http.MaxBytesReader(Server(talk.Writer), talk.Request.Body, 10))
		var tooLong *http.MaxBytesError
		if !errors.As(err, &tooLong) {
			t.Errorf("got error %v", err)
		}
		talk.Writer.WriteHeader(http.StatusRequestEntityTooLarge)
	})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat("x", 100)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge || !answer.Close {
		t.Errorf("status %d, connection closed: %v", answer.StatusCode, answer.Close)
	}
	if x := <-heard; x.request.size == 0 || x.request.size > 100 {
		t.Errorf("%d bytes were heard", x.request.size)
	}
}

// Big bodies go by; a bounded part of them is at hand afterwards.
func TestTalkHoldsLittle(t *testing.T) {
	const size = 1 << 20
	server, heard := serve(t, func(talk *Talk) { _, _ = io.Copy(talk.Writer, talk.Request.Body) })
	answer, err := http.Post(server.URL, "application/json", strings.NewReader(strings.Repeat("x", size)))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.Copy(io.Discard, answer.Body); n != size {
		t.Errorf("the client got %d bytes, %v", n, err)
	}
	x := <-heard
	if x.request.size != size || x.answer.size != size || len(x.request.data) != askedMost || len(x.answer.data) != toldMost {
		t.Errorf("heard %d and %d bytes, at hand %d and %d", x.request.size, x.answer.size, len(x.request.data), len(x.answer.data))
	}
}

func TestNotes(t *testing.T) {
	var none *Notes
	none.Add("nobody %s", "listens")
	none.SetDialect("okta")
	var n Notes
	for range 2 {
		for i := range mostNotes + 5 {
			n.Add("operation %d", i)
		}
	}
	n.Add("%s", strings.Repeat("x", 1000))
	lines := n.lines()
	if len(lines) != mostNotes+1 || lines[0] != "operation 0" || lines[mostNotes] != "… 111 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}
