package conformance

// patchReplaceCases are about replace.
func patchReplaceCases() []Case {
	const (
		merge = "parts that are not named are left unchanged"
		one   = "the other values are not meant"
		path  = "providers write one attribute to an operation"
		whole = "providers write several attributes into one object"
		never = "without it the resource is none"
	)
	return patchTable("RFC 7644 §3.5.2.3", []patchRow{
		{name: "an attribute", before: named, operations: `[{"op":"replace","path":"title","value":"new"}]`, after: `{"title":"new","name":{"givenName":"Ada"}}`, why: path},
		{name: "an attribute that has no value", operations: `[{"op":"replace","path":"title","value":"new"}]`, after: `{"title":"new"}`, why: "it is treated as an add"},
		{name: "a boolean", before: `{"active":true}`, operations: `[{"op":"replace","path":"active","value":false}]`, after: `{"active":false}`, why: "this is how most people are deactivated"},
		{name: "a complex value", before: named, operations: `[{"op":"replace","path":"name","value":{"givenName":"Augusta"}}]`, after: `{"name":{"givenName":"Augusta","familyName":"Byron"}}`, why: merge},
		{name: "a part of a complex value", before: named, operations: `[{"op":"replace","path":"name.familyName","value":"King"}]`, after: `{"name":{"givenName":"Ada","familyName":"King"}}`, why: merge},
		{name: "a part where there is no value", operations: `[{"op":"replace","path":"name.familyName","value":"King"}]`, after: `{"name":{"familyName":"King"}}`, why: "it is treated as an add"},
		{name: "a list", before: addressed, operations: `[{"op":"replace","path":"emails","value":[{"value":"n@x.example","type":"work"}]}]`, after: `{"emails":[{"value":"n@x.example","type":"work"}]}`, why: "all values are replaced"},
		{name: "a list by nothing", before: addressed, operations: `[{"op":"replace","path":"emails","value":[]}]`, after: `{"emails":null}`, why: "the empty list is no value"},
		{name: "a selected value", before: addressed, operations: `[{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"n@x.example","type":"work"}}]`,
			after: `{"emails":[{"value":"n@x.example","type":"work"},{"value":"h@x.example","type":"home"}]}`, why: one},
		{name: "a part of a selected value", before: addressed, operations: `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x.example"}]`,
			after: `{"emails":[{"value":"n@x.example","type":"work"},{"value":"h@x.example","type":"home"}]}`, why: one},
		{name: "a part that the selected value does not have", before: addressed, operations: `[{"op":"replace","path":"emails[type eq \"work\"].display","value":"At work"}]`,
			after: `{"emails":[{"value":"w@x.example","display":"At work"},{"value":"h@x.example","display":null}]}`, why: "it is treated as an add"},
		{name: "a part of all selected values", before: addressed, operations: `[{"op":"replace","path":"emails[value ew \"x.example\"].type","value":"other"}]`,
			after: `{"emails":[{"value":"w@x.example","type":"other"},{"value":"h@x.example","type":"other"}]}`, why: "all matching values are replaced"},
		{name: "a value selected by two conditions", before: addressed, operations: `[{"op":"replace","path":"emails[type eq \"home\" and value eq \"h@x.example\"].value","value":"n@x.example"}]`,
			after: `{"emails":[{"value":"w@x.example"},{"value":"n@x.example"}]}`, why: one},
		{name: "a part of an address", before: `{"addresses":[{"type":"work","streetAddress":"1 Main St","locality":"London"}]}`, operations: `[{"op":"replace","path":"addresses[type eq \"work\"].streetAddress","value":"2 Side St"}]`,
			after: `{"addresses":[{"type":"work","streetAddress":"2 Side St","locality":"London"}]}`, why: "the section's own example"},
		{name: "a selected value that is not there", before: addressed, operations: `[{"op":"replace","path":"emails[value eq \"nobody@x.example\"]","value":{"value":"n@x.example"}}]`, refused: "noTarget", why: "a change of nothing must not pass for a change"},
		{name: "a part of a selected value that is not there", before: addressed, operations: `[{"op":"replace","path":"emails[value eq \"nobody@x.example\"].display","value":"x"}]`, refused: "noTarget", why: "a change of nothing must not pass for a change"},
		{name: "the value of a type that is not there", before: addressed, operations: `[{"op":"replace","path":"emails[type eq \"other\"].value","value":"n@x.example"}]`, refused: "noTarget", strict: true, why: "a change of nothing must not pass for a change"},
		{name: "a selected value where there is no list", operations: `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x.example"}]`, refused: "noTarget", strict: true, why: "a change of nothing must not pass for a change"},
		{name: "without a path", before: named, operations: `[{"op":"replace","value":{"title":"new","nickName":"Lady"}}]`, after: `{"title":"new","nickName":"Lady","name":{"givenName":"Ada","familyName":"Byron"}}`, why: whole},
		{name: "without a path, a list", before: addressed, operations: `[{"op":"replace","value":{"emails":[{"value":"n@x.example"}],"nickName":"Lady"}}]`, after: `{"title":"old","nickName":"Lady","emails":[{"value":"n@x.example"}]}`, why: whole},
		{name: "without a path, a complex value", before: named, operations: `[{"op":"replace","value":{"name":{"givenName":"Augusta"}}}]`, after: `{"name":{"givenName":"Augusta","familyName":"Byron"}}`, why: merge},
		{name: "without a path, an extension", before: employed, operations: `[{"op":"replace","value":{"` + enterprise + `":{"department":"Sales"}}}]`, after: `{"` + enterprise + `":{"department":"Sales","costCenter":"7"}}`, why: merge},
		{name: "without a path, null", before: named, operations: `[{"op":"replace","value":{"title":null}}]`, after: `{"title":null,"name":{"givenName":"Ada"}}`, why: "null is no value, wherever it stands"},
		{name: "an attribute of an extension", before: employed, operations: `[{"op":"replace","path":"` + enterprise + `:department","value":"Sales"}]`, after: `{"` + enterprise + `":{"department":"Sales","costCenter":"7","manager":{"value":"m1"}}}`, why: path},
		{name: "a complex value in an extension", before: employed, operations: `[{"op":"replace","path":"` + enterprise + `:manager","value":{"value":"m2"}}]`, after: `{"` + enterprise + `":{"manager":{"value":"m2"},"department":"Research"}}`, why: path},
		{name: "a part in an extension", before: employed, operations: `[{"op":"replace","path":"` + enterprise + `:manager.value","value":"m2"}]`, after: `{"` + enterprise + `":{"manager":{"value":"m2"}}}`, why: path},
		{name: "the required attribute by null", operations: `[{"op":"replace","path":"userName","value":null}]`, refused: "mutability invalidValue", why: never},
		{name: "the required attribute by nothing", operations: `[{"op":"replace","path":"userName","value":""}]`, refused: "mutability invalidValue", why: never},
		{name: "the required attribute by nothing without a path", operations: `[{"op":"replace","value":{"userName":null}}]`, refused: "mutability invalidValue", why: never},
		{name: "a filter on a single value", before: named, operations: `[{"op":"replace","path":"title[value eq \"old\"]","value":"new"}]`, refused: "invalidPath invalidFilter noTarget", why: "there is nothing to select from"},
		{name: "a selected part by the wrong type", before: addressed, operations: `[{"op":"replace","path":"emails[type eq \"work\"].value","value":{"a":"b"}}]`, refused: "invalidValue invalidSyntax", why: "a wrong type is wrong however it is sent"},
	})
}
