package conformance

// typeRow is a value that does not fit an attribute.
type typeRow struct {
	section, name    string
	attribute, value string // value is JSON
	strict           bool
}

func typeRows() []typeRow {
	return []typeRow{
		{section: "RFC 7643 §2.3.1", name: "a number is no string", attribute: "title", value: `5`},
		{section: "RFC 7643 §2.3.1", name: "a boolean is no string", attribute: "title", value: `true`},
		{section: "RFC 7643 §2.3.1", name: "an object is no string", attribute: "displayName", value: `{"a":"b"}`},
		{section: "RFC 7643 §2.3.1", name: "several strings are no string", attribute: "nickName", value: `["a","b"]`},
		{section: "RFC 7643 §2.3.1", name: "a list of one string is no string", attribute: "nickName", value: `["a"]`, strict: true},
		{section: "RFC 7643 §2.3.2", name: "a word is no boolean", attribute: "active", value: `"yes"`},
		{section: "RFC 7643 §2.3.2", name: "a number is no boolean", attribute: "active", value: `1`},
		{section: "RFC 7643 §2.3.2", name: "an object is no boolean", attribute: "active", value: `{"value":true}`},
		{section: "RFC 7643 §2.3.2", name: "the text True is no boolean", attribute: "active", value: `"True"`, strict: true},
		{section: "RFC 7643 §2.3.2", name: "the text false is no boolean", attribute: "active", value: `"false"`, strict: true},
		{section: "RFC 7643 §2.3.2", name: "a word is no primary", attribute: "emails", value: `[{"value":"a@x.example","primary":"yes"}]`},
		{section: "RFC 7643 §2.3.2", name: "the text true is no primary", attribute: "emails", value: `[{"value":"a@x.example","primary":"true"}]`, strict: true},
		{section: "RFC 7643 §2.3.6", name: "plain text is no binary", attribute: "x509Certificates", value: `[{"value":"no base64!"}]`},
		{section: "RFC 7643 §2.3.6", name: "a number is no binary", attribute: "x509Certificates", value: `[{"value":12}]`},
		{section: "RFC 7643 §2.3.7", name: "a number is no reference", attribute: "profileUrl", value: `7`},
		{section: "RFC 7643 §2.3.8", name: "a text is no complex value", attribute: "name", value: `"Ada Lovelace"`},
		{section: "RFC 7643 §2.3.8", name: "a number is no complex value", attribute: "name", value: `3`},
		{section: "RFC 7643 §2.3.8", name: "an object is no sub-attribute", attribute: "name", value: `{"givenName":{"first":"Ada"}}`},
		{section: "RFC 7643 §2.3.8", name: "an object is no part of an address", attribute: "addresses", value: `[{"locality":{"name":"London"}}]`},
		{section: "RFC 7643 §2.3.8", name: "a text is no extension", attribute: enterprise, value: `"Research"`},
		{section: "RFC 7643 §2.3.8", name: "a JSON text is no complex value", attribute: "name", value: `"{\"givenName\":\"Ada\"}"`, strict: true},
		{section: "RFC 7643 §2.3.8", name: "a text is no manager", attribute: enterprise, value: `{"manager":"26118915"}`, strict: true},
		{section: "RFC 7643 §2.3.8", name: "a list is no manager", attribute: enterprise, value: `{"manager":[{"value":"26118915"}]}`, strict: true},
		{section: "RFC 7643 §2.4", name: "a number is no e-mail", attribute: "emails", value: `[5]`},
		{section: "RFC 7643 §2.4", name: "a boolean is no list", attribute: "roles", value: `true`},
		{section: "RFC 7643 §2.4", name: "an object is no list", attribute: "emails", value: `{"value":"a@x.example"}`, strict: true},
		{section: "RFC 7643 §2.4", name: "a text is no complex element", attribute: "emails", value: `["a@x.example"]`, strict: true},
	}
}

// typeCases are about what a value may be: each wrong value is refused however it
// is sent, and leaves everything as it was.
func typeCases() []Case {
	var cases []Case
	for _, row := range typeRows() {
		cases = append(cases, Case{
			Section: row.section, Name: row.name, Strict: row.strict,
			Why: "a value that is taken in the wrong type comes back in the wrong type, and other clients choke on it",
			Run: func(c *Client) {
				more := `{"` + row.attribute + `":` + row.value + `}`
				created := c.post("/Users", c.userBody(more))
				c.adopt("/Users", created)
				created.refused(400, "invalidValue", "invalidSyntax")
				u := c.user(`{"title":"before","displayName":"before"}`)
				u.put(more).refused(400, "invalidValue", "invalidSyntax")
				c.patch(u.path, `[{"op":"replace","path":"`+row.attribute+`","value":`+row.value+`}]`).refused(400, "invalidValue", "invalidSyntax")
				u.get().has(`{"title":"before","displayName":"before"}`)
			},
		})
	}
	return append(cases, goodValueCases()...)
}

// goodValueCases are about values that must come back as they were sent.
func goodValueCases() []Case {
	var cases []Case
	for _, row := range []struct{ section, name, shape, why string }{
		{"RFC 7643 §2.3.1", "letters of any script", `{"displayName":"Ωmega Łódź 東京 🜁"}`, "people are called what they are called"},
		{"RFC 7643 §2.3.1", "combining letters", `{"displayName":"Ame\u0301lie"}`, "a name that is composed differently must not become another"},
		{"RFC 7643 §2.3.1", "quotes and backslashes", `{"displayName":"\"Q\" \\ 'S'"}`, "escaping once too often shows in every list of names"},
		{"RFC 7643 §2.3.1", "markup", `{"displayName":"<b>&amp;</b>"}`, "a server that escapes for HTML changes the data"},
		{"RFC 7643 §2.3.1", "lines", `{"addresses":[{"type":"work","formatted":"1 Main St\nLondon\tN1"}]}`, "postal addresses have lines"},
		{"RFC 7643 §2.3.1", "a long text", `{"title":"` + longText(2000) + `"}`, "values are longer than a column was thought to be"},
		{"RFC 7643 §2.3.2", "true", `{"active":true}`, "a boolean that comes back as a text deactivates nobody"},
		{"RFC 7643 §2.3.2", "false", `{"active":false}`, "false is a value, and not the absence of one"},
		{"RFC 7643 §2.3.6", "binary with padding", `{"x509Certificates":[{"value":"QUJDRA=="}]}`, "certificates are binary"},
		{"RFC 7643 §2.3.6", "binary without padding", `{"x509Certificates":[{"value":"QUJDRA"}]}`, "the section lets senders omit the padding"},
		{"RFC 7643 §2.3.7", "a reference to elsewhere", `{"profileUrl":"https://people.example.com/ada?x=1#top"}`, "a link that is rewritten leads nowhere"},
	} {
		cases = append(cases, Case{Section: row.section, Name: "kept: " + row.name, Why: row.why, Run: func(c *Client) {
			u := c.user(row.shape)
			u.made.has(row.shape)
			u.get().has(row.shape)
			u.put(row.shape).status(200).has(row.shape)
		}})
	}
	return cases
}

// longText is a text of n letters.
func longText(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('a' + i%26)
	}
	return string(text)
}
