package inspect

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// planted is a secret that nothing else has in it.
const planted = "Xq7-PLANTED-z9"

// hidden are bodies and parts of bodies with the secret where it must be masked.
var hidden = []string{
	`{"password":"` + planted + `"}`,
	`"password":"` + planted + `"`,
	`{"a":1,"PASSWORD" : [ "` + planted + `" ],"b":2}`,
	`{"urn:x:2.0:User:password":"` + planted + `"}`,
	`{"urn:x:2.0:User":{"clientSecret":{"a":"` + planted + `"}}}`,
	`{"pass\u0077ord":"` + planted + `"}`,
	`{"op":"replace","path":"password","value":"` + planted + `"}`,
	`{"op":"replace","value":"` + planted + `","path":"password"}`,
	`{"value":["` + planted + `",{"a":"` + planted + `"}],"op":"replace","path":"urn:x:User:API-Key"}`,
	`{"op":"replace","value":{"name.password":"` + planted + `"}}`,
	`{"value":"` + planted + `","type":"token"}`,
	`{"data":{"Operations":[{"value":"` + planted + `","path":"password"}]}}`,
	`{"value":"{\"password\":\"` + planted + `\"}"}`,
	`{"filter":"password eq \"` + planted + `\""}`,
	`{"filter":"a eq 1 and password ew ` + planted + `"}`,
	`{"detail":"password=` + planted + `"}`,
	`{"detail":"The password \"` + planted + `\" is too short"}`,
	`{"a":"br_0123456789abcdef_` + planted + `"}`,
}

// FuzzMask masks anything: what comes out is JSON, and not much longer than it may be.
func FuzzMask(f *testing.F) {
	for _, body := range append(hidden, `[[[`, `{"a":`, `{"a":"\ud800"}`, "\xff", `[1,]`, `[`+strings.Repeat("7", 60)+`]`, `{,}`, `{"a" 1}`) {
		f.Add([]byte(body), 100)
	}
	f.Fuzz(func(t *testing.T, body []byte, most int) {
		text, cut := Mask(body, most)
		if text != "" && !json.Valid([]byte(text)) {
			t.Fatalf("not JSON: %s", text)
		}
		if longest := max(most, 0) + 6*textMost + 40*deepest; len(text) > longest {
			t.Errorf("%d bytes, want at most %d", len(text), longest)
		}
		if json.Valid(body) && len(body) < 1000 && most > 2000 && cut && !strings.Contains(text, "…") {
			t.Errorf("cut, and nothing says where: %s", text)
		}
		Text(string(body))
		maskURL(string(body), string(body), new(secrets))
	})
}

// FuzzPlanted hides a secret in anything: it never survives, wherever the body
// ends.
func FuzzPlanted(f *testing.F) {
	for i := range hidden {
		for _, around := range [][2]string{{"", ""}, {`{"Operations":[`, `]}`}, {`[1,`, `,"x"]`}, {`"\`, `"`}, {`{"a":"`, `"}`}, {`{"a":{"value":`, `}`}} {
			f.Add(uint(i), []byte(around[0]), []byte(around[1]), uint(1<<16), 16<<10)
			f.Add(uint(i), []byte(around[0]), []byte(around[1]), uint(40), 20)
		}
	}
	f.Fuzz(func(t *testing.T, which uint, before, after []byte, cut uint, most int) {
		if strings.Contains(string(before)+string(after), "PLANTED") {
			return
		}
		part := hidden[which%uint(len(hidden))]
		body := string(before) + part + string(after)
		body = body[:min(uint(len(body)), cut)]
		if text, _ := Mask([]byte(body), most); strings.Contains(text, "PLANTED") {
			t.Errorf("%s\nbecame %s", body, text)
		}
		x := Exchange{request: heard(part), answer: heard(string(before) + planted + string(after)), query: string(after) + planted}
		if text := x.Conversation(); strings.Contains(text.Answer+text.URL, "PLANTED") && json.Valid([]byte(part)) && strings.Contains(part, `rd":"`+planted) {
			t.Errorf("%s\nwas repeated in %s %s", part, text.URL, text.Answer)
		}
	})
}

// FuzzQuery hides a secret in a query.
func FuzzQuery(f *testing.F) {
	for i := range hiddenTexts {
		f.Add(uint(i), "", "")
		f.Add(uint(i), `"`, `"`)
		f.Add(uint(i), `userName eq "ada" and (`, `) or a=b:c`)
	}
	f.Fuzz(func(t *testing.T, which uint, before, after string) {
		if strings.Contains(before+after, "PLANTED") {
			return
		}
		text := before + hiddenTexts[which%uint(len(hiddenTexts))] + after
		if got := Text(text); strings.Contains(got, "PLANTED") {
			t.Errorf("%s\nbecame %s", text, got)
		}
		query := "a=" + url.QueryEscape(before) + "&filter=" + url.QueryEscape(text) + "&" + after
		if got := maskURL("/scim/v2/Users", query, new(secrets)); strings.Contains(got, "PLANTED") {
			t.Errorf("%s\nbecame %s", query, got)
		}
	})
}

// hiddenTexts are filters and sentences with the secret where it must be masked.
var hiddenTexts = []string{
	`password eq "` + planted + `"`,
	`password eq "a ` + planted + ` b"`,
	`urn:x:User:password sw ` + planted,
	`credentials[type eq "a" and value eq "` + planted + `"]`,
	`password=` + planted,
	`password: "` + planted + `"`,
	`"password":"` + planted + `"`,
	`br_0123456789abcdef_` + planted,
}
