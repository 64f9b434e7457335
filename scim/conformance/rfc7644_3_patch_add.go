package conformance

// patchAddCases are about add.
func patchAddCases() []Case {
	const (
		merge = "what the request does not name must stay"
		list  = "an address more must not be the only one"
		path  = "providers write one attribute to an operation"
		whole = "providers write several attributes into one object"
	)
	return append(patchTable("RFC 7644 §3.5.2.1", []patchRow{
		{name: "an attribute that has no value", operations: `[{"op":"add","path":"title","value":"x"}]`, after: `{"title":"x"}`, why: path},
		{name: "an attribute that has one", before: `{"title":"old"}`, operations: `[{"op":"add","path":"title","value":"x"}]`, after: `{"title":"x"}`, why: "a single value is replaced"},
		{name: "a boolean", operations: `[{"op":"add","path":"active","value":false}]`, after: `{"active":false}`, why: path},
		{name: "a part of a complex value", before: named, operations: `[{"op":"add","path":"name.middleName","value":"B."}]`, after: `{"name":{"givenName":"Ada","middleName":"B.","familyName":"Byron"}}`, why: merge},
		{name: "a part where there is no value", operations: `[{"op":"add","path":"name.givenName","value":"Ada"}]`, after: `{"name":{"givenName":"Ada"}}`, why: "the complex value comes about with its first part"},
		{name: "a complex value to one", before: named, operations: `[{"op":"add","path":"name","value":{"givenName":"Augusta","middleName":"B."}}]`, after: `{"name":{"givenName":"Augusta","middleName":"B.","familyName":"Byron"}}`, why: merge},
		{name: "a value to a list", before: addressed, operations: `[{"op":"add","path":"emails","value":[{"value":"n@x.example","type":"other"}]}]`,
			after: `{"emails":[{"value":"w@x.example","type":"work","primary":true},{"value":"h@x.example","type":"home"},{"value":"n@x.example","type":"other"}]}`, why: list},
		{name: "two values to a list", before: addressed, operations: `[{"op":"add","path":"emails","value":[{"value":"n@x.example"},{"value":"o@x.example"}]}]`,
			after: `{"emails":[{"value":"w@x.example"},{"value":"h@x.example"},{"value":"n@x.example"},{"value":"o@x.example"}]}`, why: list},
		{name: "a value to an empty list", operations: `[{"op":"add","path":"roles","value":[{"value":"Admin"}]}]`, after: `{"roles":[{"value":"Admin"}]}`, why: list},
		{name: "one object to a list", before: addressed, operations: `[{"op":"add","path":"emails","value":{"value":"n@x.example","type":"other"}}]`,
			after: `{"emails":[{"value":"w@x.example"},{"value":"h@x.example"},{"value":"n@x.example"}]}`, refused: "invalidValue invalidSyntax", why: "the section adds \"a new value\"; clients send it without a list"},
		{name: "a value that is there", before: addressed, operations: `[{"op":"add","path":"emails","value":[{"value":"h@x.example","type":"home"}]}]`,
			after: `{"emails":[{"value":"w@x.example"},{"value":"h@x.example"}]}`, why: "done twice is done; a list must not grow with every retry"},
		{name: "without a path", before: addressed, operations: `[{"op":"add","value":{"nickName":"Ada","title":"x","emails":[{"value":"n@x.example"}]}}]`,
			after: `{"nickName":"Ada","title":"x","emails":[{"value":"w@x.example"},{"value":"h@x.example"},{"value":"n@x.example"}]}`, why: whole},
		{name: "without a path, a complex value", before: named, operations: `[{"op":"add","value":{"name":{"middleName":"B."}}}]`, after: `{"name":{"givenName":"Ada","middleName":"B.","familyName":"Byron"}}`, why: merge},
		{name: "without a path, an extension", before: employed, operations: `[{"op":"add","value":{"` + enterprise + `":{"division":"Films"}}}]`, after: `{"` + enterprise + `":{"department":"Research","costCenter":"7","division":"Films"}}`, why: merge},
		{name: "an attribute of an extension", before: employed, operations: `[{"op":"add","path":"` + enterprise + `:division","value":"Films"}]`, after: `{"` + enterprise + `":{"department":"Research","division":"Films"}}`, why: path},
		{name: "a part in an extension", operations: `[{"op":"add","path":"` + enterprise + `:manager.value","value":"m2"}]`, after: `{"` + enterprise + `":{"manager":{"value":"m2"}}}`, why: path},
		{name: "a complex value in an extension", before: employed, operations: `[{"op":"add","path":"` + enterprise + `:manager","value":{"value":"m2"}}]`, after: `{"` + enterprise + `":{"manager":{"value":"m2"},"department":"Research"}}`, why: path},
		{name: "an extension as a whole", before: employed, operations: `[{"op":"add","path":"` + enterprise + `","value":{"division":"Films"}}]`, after: `{"` + enterprise + `":{"department":"Research","division":"Films"}}`, refused: "invalidPath", why: merge},
		{name: "a part of the selected values", before: addressed, operations: `[{"op":"add","path":"emails[type eq \"work\"].display","value":"At work"}]`,
			after: `{"emails":[{"value":"w@x.example","type":"work","display":"At work"},{"value":"h@x.example","display":null}]}`, why: "the other values are not meant"},
		{name: "parts to the selected values", before: addressed, operations: `[{"op":"add","path":"emails[type eq \"home\"]","value":{"display":"At home"}}]`,
			after: `{"emails":[{"value":"w@x.example","display":null},{"value":"h@x.example","type":"home","display":"At home"}]}`, why: merge},
		{name: "a value of the wrong type", before: addressed, operations: `[{"op":"add","path":"emails","value":[{"value":5}]}]`, refused: "invalidValue invalidSyntax", why: "a wrong type is wrong however it is sent"},
		{name: "a value of the wrong type without a path", operations: `[{"op":"add","value":{"title":5}}]`, refused: "invalidValue invalidSyntax", why: "a wrong type is wrong however it is sent"},
	}), in("RFC 7644 §3.5.2.1", Case{Name: "what is there does not move lastModified", Needs: []Feature{Patch},
		Why: "the section: such an operation shall not change the time",
		Run: func(c *Client) {
			u := c.user(addressed)
			before := u.get()
			u.patch(`[{"op":"add","path":"emails","value":[{"value":"h@x.example","type":"home"}]},{"op":"add","path":"title","value":"old"}]`)
			u.get().is("$.meta.lastModified", before.at("$.meta.lastModified")).is("$.emails", before.at("$.emails"))
		}})...)
}
