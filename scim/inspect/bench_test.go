package inspect

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// BenchmarkMask masks what is at hand of bodies that are as long as they may be;
// it is done beside the requests.
func BenchmarkMask(b *testing.B) {
	for name, body := range map[string]string{
		"members":  `{"Operations":[{"op":"add","path":"members","value":[` + strings.Repeat(`{"value":"0196f1d2-0000-7000-8000-000000000000"},`, 20_000),
		"people":   `{"Resources":[` + strings.Repeat(`{"userName":"ada","emails":[{"value":"ada@example.com"}],"password":"hunter2"},`, 20_000),
		"text":     `"` + strings.Repeat(`password eq \"x\" `, 3000) + `"`,
		"one word": `{"detail":"` + strings.Repeat(`password:`, 7000) + `"}`,
		"names":    `{` + strings.Repeat(`"password x=":"{[",`, 20_000),
		"values":   `{` + strings.Repeat(`"value":1,`, 20_000),
		"brackets": strings.Repeat(`[{"a":`, 20_000),
		"quotes":   `{"password":` + strings.Repeat(`"\"`, 20_000),
		"wrapped":  `["` + strings.Repeat(`[{\"a\":\"`, 6000) + `"]`,
	} {
		b.Run(name, func(b *testing.B) {
			p := heard(body)
			b.SetBytes(int64(len(p.data)))
			b.ReportAllocs()
			for b.Loop() {
				p.masked(new(secrets))
			}
		})
	}
}

// BenchmarkListen is what a request pays: one of a usual size, and one of 8 MiB
// read as the front door reads it.
func BenchmarkListen(b *testing.B) {
	for name, size := range map[string]int{"1KiB": 1 << 10, "8MiB": 8 << 20} {
		body := strings.Repeat("x", size)
		run := func(b *testing.B, recorder *Recorder) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			buffer := make([]byte, 32<<10)
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPatch, "/scim/v2/Groups/1", strings.NewReader(body))
				t := recorder.Listen(httptest.NewRecorder(), r)
				t.Source = "okta"
				for {
					if _, err := t.Request.Body.Read(buffer); err != nil {
						break
					}
				}
				t.Writer.WriteHeader(http.StatusNoContent)
				t.Done()
			}
		}
		b.Run(name+"/nobody listens", func(b *testing.B) { run(b, nil) })
		b.Run(name+"/heard", func(b *testing.B) {
			run(b, NewRecorder(Options{Keep: map[string]int{"okta": 50}, Now: time.Now, NewID: func() string { return "id" }}))
		})
	}
}
