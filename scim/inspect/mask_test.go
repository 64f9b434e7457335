package inspect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const hubToken = "br_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func TestMask(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"nothing", " \n", ``},
		{"compact", "{ \"userName\" : \"ada\",\n \"active\":true, \"n\":[1, -2.5e3, null] }", `{"userName":"ada","active":true,"n":[1,-2.5e3,null]}`},
		{"a long number", `{"a":` + strings.Repeat("1", 50) + `}`, `{"a":"` + strings.Repeat("1", 40) + `… 10 more"}`},
		{"empty", `{"a":[],"b":{}}`, `{"a":[],"b":{}}`},
		{"characters", `{"a":"\u0041\u0000\n\"\\ <&> ä \ud83d\ude00"}`, `{"a":"A\u0000\n\"\\ <&> ä 😀"}`},

		{"password", `{"userName":"ada","password":"hunter2"}`, `{"userName":"ada","password":"***"}`},
		{"letter case", `{"PassWord":"x","API_Key":"x","clientSecret":"x","x-token":"x","paſſword":"x","toKen":"x"}`,
			`{"PassWord":"***","API_Key":"***","clientSecret":"***","x-token":"***","paſſword":"***","toKen":"***"}`},
		{"escaped name", `{"pass\u0077ord":"x"}`, `{"password":"***"}`},
		{"qualified name", `{"urn:ietf:params:scim:schemas:core:2.0:User:password":"x"}`, `{"urn:ietf:params:scim:schemas:core:2.0:User:password":"***"}`},
		{"any value", `{"password":["a","b"],"pwd":{"x":"y"},"token":1234,"secret":false,"passcode":null}`,
			`{"password":"***","pwd":"***","token":"***","secret":false,"passcode":null}`},
		{"what is offered", `{"changePassword":{"supported":false}}`, `{"changePassword":{"supported":false}}`},

		{"operation", `{"Operations":[{"op":"Replace","path":"Password","value":"x"},{"op":"add","path":"title","value":"Dr"}]}`,
			`{"Operations":[{"op":"Replace","path":"Password","value":"***"},{"op":"add","path":"title","value":"Dr"}]}`},
		{"value before path", `{"op":"replace","value":"x","Value":{"a":"x"},"path":"urn:x:User:password"}`, `{"op":"replace","value":"***","Value":"***","path":"urn:x:User:password"}`},
		{"no path", `{"op":"replace","value":{"active":true,"password":"x","urn:x:User":{"password":"x"}}}`,
			`{"op":"replace","value":{"active":true,"password":"***","urn:x:User":{"password":"***"}}}`},
		{"typed value", `{"keys":[{"value":"x","type":"apiKey"},{"value":"ada@x.org","type":"work"}]}`,
			`{"keys":[{"value":"***","type":"apiKey"},{"value":"ada@x.org","type":"work"}]}`},
		{"bulk", `{"Operations":[{"method":"POST","path":"/Users","data":{"userName":"ada","password":"x"}},
			{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"value":"x","path":"password","op":"add"}]}}]}`,
			`{"Operations":[{"method":"POST","path":"/Users","data":{"userName":"ada","password":"***"}},` +
				`{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"value":"***","path":"password","op":"add"}]}}]}`},
		{"JSON in a text", `{"value":"{\"password\":\"x\",\"a\":[1]}"}`, `{"value":"{\"password\":\"***\",\"a\":[1]}"}`},
		{"half JSON in a text", `{"a":"[Contractor] Ada","b":"{\"password\":\"x"}`, `{"a":"[Contractor] Ada","b":"***"}`},
		{"filter", `{"filter":"userName eq \"ada\""}`, `{"filter":"userName eq \"ada\""}`},
		{"filter on a secret", `{"filter":"password eq \"x y\" and (token sw z)"}`, `{"filter":"password eq \"***\" and (token sw \"***\")"}`},
		{"token of the hub", `{"a":"see ` + hubToken + `!","` + hubToken + `":1}`, `{"a":"see br_0123456789abcdef_***!","br_0123456789abcdef_***":1}`},

		{"not JSON", `client_secret=hunter2`, `"… not JSON: 21 bytes"`},
		{"broken", `{"a":1,"b":x}`, `{"a":1,"b":"… not JSON: 2 bytes"}`},
		{"a comma too many", `{"a":1,}`, `{"a":1,"…":"… not JSON: 1 bytes"}`},
		{"no comma", `[1 2]`, `[1,"… not JSON: 2 bytes"]`},
		{"ends within a secret", `{"a":1,"password":"hun`, `{"a":1,"password":"*** … ends here"}`},
		{"ends within a text", `{"a":1,"b":"hun`, `{"a":1,"b":"… ends here"}`},
		{"ends before the path", `{"Operations":[{"op":"add","value":"x"`, `{"Operations":[{"op":"add","value":"***","…":"… ends here"}]}`},
		{"ends after the path", `{"Operations":[{"op":"add","path":"title","value":["x"`, `{"Operations":[{"op":"add","path":"title","value":["x","… ends here"]}]}`},
		{"two values", `{"a":1} {"password":"x"}`, `{"a":1}`},
		{"control character", "{\"a\":\"x\ny\"}", `{"a":"… not JSON: 6 bytes"}`},
		{"broken escape", `{"a":"\x"}`, `{"a":"… not JSON: 5 bytes"}`},
		{"byte order mark", "\uFEFF{}", `{}`},
	} {
		got, _ := Mask([]byte(c.body), 16<<10)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestMaskSaysWhetherItIsAll(t *testing.T) {
	for body, want := range map[string]bool{
		``: false, `{"password":"x"}`: false, `{"a":1`: true, `{"a":1} x`: true, `x`: true,
		`"` + strings.Repeat("x", textMost) + `"`: false, `"` + strings.Repeat("x", textMost+1) + `"`: true,
	} {
		if _, cut := Mask([]byte(body), 16<<10); cut != want {
			t.Errorf("%.40s: cut is %v", body, cut)
		}
	}
}

func TestMaskShortens(t *testing.T) {
	members := strings.TrimSuffix(strings.Repeat(`{"value":"x"},`, 10_010), ",")
	first := strings.TrimSuffix(strings.Repeat(`{"value":"x"},`, listMost), ",")
	for _, c := range []struct {
		name, body string
		most       int
		want       string
	}{
		{"a list", `{"path":"members","value":[` + members + `],"op":"add"}`, 16 << 10, `{"path":"members","value":[` + first + `,"… 9,990 more"],"op":"add"}`},
		{"a list without an end", `{"path":"members","value":[` + members, 16 << 10, `{"path":"members","value":[` + first + `,"… at least 9,990 more"]}`},
		{"a text", `{"photo":"` + strings.Repeat("ä", 2000) + `"}`, 16 << 10, `{"photo":"` + strings.Repeat("ä", 500) + `… 3,000 more"}`},
		{"a long body", `{"a":"0123456789","b":[1,2],"c":3,"d":4}`, 20, `{"a":"0123456789","b":["… 2 more"],"…":"… 2 more"}`},
		{"a path beyond the bound", `{"value":"x","a":"0123456789","b":1,"path":"password"}`, 20, `{"value":"***","a":"0123456789","…":"… 2 more"}`},
		{"brackets", strings.Repeat("[", 1000), 16 << 10, strings.Repeat("[", deepest) + `"… nested too deeply"` + strings.Repeat("]", deepest)},
	} {
		got, cut := Mask([]byte(c.body), c.most)
		if diff := cmp.Diff(c.want, got); diff != "" || !cut {
			t.Errorf("%s: cut %v (-want +got):\n%s", c.name, cut, diff)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		``:                   ``,
		`userName eq "ada"`:  `userName eq "ada"`,
		`password eq "a b"`:  `password eq "***"`,
		`password EQ hunter`: `password EQ "***"`,
		`not (urn:x:User:password ne "a\"b") and title pr`: `not (urn:x:User:password ne "***") and title pr`,
		`credentials[type eq "pin" and value eq 1234]`:     `credentials[type eq "***" and value eq "***"]`,
		`password=hunter2`:             `password="***"`,
		`a;password = hunter2`:         `a;password = "***"`,
		`Password: hunter2, and more`:  `Password: "***" and more`,
		`urn:x:password:hunter2`:       `urn:x:password:"***"`,
		`"hunter2" is no "password"`:   `"***" is no "password"`,
		`password "hunter2`:            `password ***`,
		`"Password123" for a:password`: `"***" for a:password`,
		`"x:password" is "my.token"`:   `"x:password" is "my.token"`,
		`"password eq "hunter2""`:      `***`,
		"password\u00a0eq\u2003hunter": "password\u00a0eq\u2003\"***\"",
		`The bearer token is missing, unknown, expired or revoked. Make one with: birthright token create --source NAME`: `The bearer token is missing, unknown, expired or revoked. Make one with: birthright token create --source NAME`,
		`x` + hubToken[:30] + ` y`: `xbr_0123456789abcdef_*** y`,
		strings.ToUpper(hubToken):  `BR_0123456789ABCDEF_***`,
	} {
		if got := Text(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestMaskURL(t *testing.T) {
	for _, c := range [][3]string{
		{"/scim/v2/Users", "", "/scim/v2/Users"},
		{"/scim/v2/Users/a%2Fb", "attributes=id,userName&x", "/scim/v2/Users/a%2Fb?attributes=id,userName&x"},
		{"/scim/v2/Users", "filter=userName%20eq%20%22ada%22&count=1", "/scim/v2/Users?filter=userName%20eq%20%22ada%22&count=1"},
		{"/scim/v2/Users", "filter=password+eq+%22hunter2%22", "/scim/v2/Users?filter=password+eq+%22***%22"},
		{"/scim/v2/Users", "filter=p%61ssword%20sw%20hunter2", "/scim/v2/Users?filter=password+sw+%22***%22"},
		{"/scim/v2/Users", "access%5ftoken=hunter2&a=1", "/scim/v2/Users?access%5ftoken=***&a=1"},
		{"/scim/v2/Users", "filter=%zz%22hunter2", "/scim/v2/Users?filter=***"},
		{"/scim/v2/Users", "%zz=hunter2", "/scim/v2/Users?***"},
		{"/scim/v2/Users", "a=1;password=hunter2", "/scim/v2/Users?a=1%3Bpassword%3D%22***%22"},
		{"/scim/v2/Users/" + hubToken, "x=" + hubToken, "/scim/v2/Users/br_0123456789abcdef_***?x=br_0123456789abcdef_***"},
	} {
		if got := maskURL(c[0], c[1], new(secrets)); got != c[2] {
			t.Errorf("%s?%s: got %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

// What is kept of a conversation says nothing that the answer repeats either.
func TestAnswersRepeatNoSecrets(t *testing.T) {
	x := Exchange{
		request: heard(`{"userName":"ada","password":"password","apikey":"a\"b  c","pin_token":12,"Operations":[{"op":"add","value":"hunter2","path":"secret"}]}`),
		answer:  heard(`{"detail":"hunter2 is too short","a":"hunter2","b":"12","c":"1234","password":"x","d":"password","e":"the pin_token 12 is none","f":"no \"a\\\"b  c\" here","password = x":1}`),
		query:   "x=hunter2&y=password%3Dhunter9", notes: []string{`operation 1: "hunter2" was read as a text`}, agent: "hunter2/1.0",
		asked: map[string]string{"Accept": "hunter2"},
	}
	c := x.Conversation()
	if got, want := c.Answer, `{"detail":"*** is too short","a":"***","b":"***","c":"1234","password":"***","d":"***","e":"the pin_token *** is none","f":"no \"***\" here","*** = \"***\"":"***"}`; got != want {
		t.Errorf("answer: got %s, want %s", got, want)
	}
	if text := fmt.Sprint(c); strings.Contains(text, "hunter") {
		t.Errorf("it is told elsewhere: %s", text)
	}
}

func heard(text string) part {
	p := part{most: askedMost}
	p.hear([]byte(text))
	return p
}

// Masking costs what the bound allows, whatever the body is.
func TestBodiesAreHeardInPart(t *testing.T) {
	p := part{most: toldMost}
	for range 100 {
		p.hear([]byte(strings.Repeat("x", 1000)))
	}
	if p.size != 100_000 || len(p.data) != toldMost || p.whole() {
		t.Errorf("%d of %d bytes are at hand, whole: %v", len(p.data), p.size, p.whole())
	}
	text, cut := p.masked(new(secrets))
	if want := `"… more"`; text != want || !cut {
		t.Errorf("got %s, cut %v; want %s", text, cut, want)
	}
}
