package conformance

// patchRemoveCases are about remove.
func patchRemoveCases() []Case {
	const (
		one   = "the other values are not meant"
		gone  = "a value that stays is access that stays"
		never = "without it the resource is none"
	)
	return patchTable("RFC 7644 §3.5.2.2", []patchRow{
		{name: "an attribute", before: named, operations: `[{"op":"remove","path":"title"}]`, after: `{"title":null,"name":{"givenName":"Ada"}}`, why: gone},
		{name: "a complex value", before: named, operations: `[{"op":"remove","path":"name"}]`, after: `{"name":null,"title":"old"}`, why: gone},
		{name: "a part of a complex value", before: named, operations: `[{"op":"remove","path":"name.givenName"}]`, after: `{"name":{"givenName":null,"familyName":"Byron"}}`, why: one},
		{name: "a list", before: addressed, operations: `[{"op":"remove","path":"emails"}]`, after: `{"emails":null,"title":"old"}`, why: gone},
		{name: "a selected value", before: addressed, operations: `[{"op":"remove","path":"emails[type eq \"work\"]"}]`, after: `{"emails":[{"value":"h@x.example"}]}`, why: one},
		{name: "a value selected by two conditions", before: addressed, operations: `[{"op":"remove","path":"emails[type eq \"work\" and value ew \"x.example\"]"}]`, after: `{"emails":[{"value":"h@x.example"}]}`, why: "the section's own example"},
		{name: "a value selected by value", before: addressed, operations: `[{"op":"remove","path":"emails[value eq \"H@x.example\"]"}]`, after: `{"emails":[{"value":"w@x.example"}]}`, why: one},
		{name: "a value selected by not", before: addressed, operations: `[{"op":"remove","path":"emails[not (type eq \"work\")]"}]`, after: `{"emails":[{"value":"w@x.example"}]}`, why: one},
		{name: "all values one by one", before: addressed, operations: `[{"op":"remove","path":"emails[type eq \"work\"]"},{"op":"remove","path":"emails[type eq \"home\"]"}]`, after: `{"emails":null}`, why: "a list without values is no list"},
		{name: "several values at once", before: addressed, operations: `[{"op":"remove","path":"emails[value ew \"x.example\"]"}]`, after: `{"emails":null}`, why: gone},
		{name: "a part of the selected values", before: addressed, operations: `[{"op":"remove","path":"emails[type eq \"work\"].primary"}]`, after: `{"emails":[{"value":"w@x.example","primary":null},{"value":"h@x.example"}]}`, why: one},
		{name: "a part of all values", before: addressed, operations: `[{"op":"remove","path":"emails.type"}]`, after: `{"emails":[{"value":"w@x.example","type":null},{"value":"h@x.example","type":null}]}`, refused: "invalidPath noTarget", why: one},
		{name: "an attribute of an extension", before: employed, operations: `[{"op":"remove","path":"` + enterprise + `:department"}]`, after: `{"` + enterprise + `":{"department":null,"costCenter":"7"}}`, why: one},
		{name: "a complex value in an extension", before: employed, operations: `[{"op":"remove","path":"` + enterprise + `:manager"}]`, after: `{"` + enterprise + `":{"manager":null,"department":"Research"}}`, why: gone},
		{name: "an extension as a whole", before: employed, operations: `[{"op":"remove","path":"` + enterprise + `"}]`, after: `{"` + enterprise + `":null}`, refused: "invalidPath noTarget", why: gone},
		{name: "an attribute that has no value", before: named, operations: `[{"op":"remove","path":"nickName"}]`, after: `{"nickName":null,"title":"old"}`, refused: "noTarget", why: "done twice is done, or said to have been"},
		{name: "a value that nothing selects", before: addressed, operations: `[{"op":"remove","path":"emails[type eq \"other\"]"}]`, after: `{"emails":[{"value":"w@x.example"},{"value":"h@x.example"}]}`, refused: "noTarget", why: "done twice is done, or said to have been; others stay"},
		{name: "without a path", before: named, operations: `[{"op":"remove"}]`, refused: "noTarget", why: "it would remove everything"},
		{name: "without a path, with a value", before: named, operations: `[{"op":"remove","value":{"title":"old"}}]`, refused: "noTarget", why: "it would remove everything"},
		{name: "a required attribute", operations: `[{"op":"remove","path":"userName"}]`, refused: "mutability invalidValue", why: never},
		{name: "a read-only attribute: id", operations: `[{"op":"remove","path":"id"}]`, refused: "mutability", why: never},
		{name: "a read-only attribute: meta", operations: `[{"op":"remove","path":"meta"}]`, refused: "mutability", why: never},
		{name: "a read-only attribute: groups", operations: `[{"op":"remove","path":"groups"}]`, refused: "mutability", why: "membership changes through the group"},
	})
}
