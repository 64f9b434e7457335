package main

import "testing"

// One fault in the people's file, and nothing of it is imported.
func TestBadPeople(t *testing.T) {
	t.Parallel()
	const header = "employeeNumber,userName,department\n"
	csv := func(text string) []edit { return edits(write("people.csv", text)) }
	json := func(text string) []edit {
		return edits(swap("path: people.csv", "path: people.json"), write("people.json", text))
	}
	for _, b := range []bad{
		{name: "no file", edits: edits(remove("people.csv")), code: 1, want: `import people: read source people: .*people.csv.*no such file.*`},
		{name: "a folder", edits: edits(remove("people.csv"), folder("people.csv")), want: `import people: read source people: .*people.csv.*`},
		{name: "empty", edits: csv(""), want: `import people: .*people.csv.*`},
		{name: "only a header", edits: csv(header), want: `import people: .*people.csv.*`},
		{name: "a row too short", edits: csv(header + "1,ada,Engineering\n2,linus\n"), want: `import people: .*people.csv:3.*`},
		{name: "a row too long", edits: csv(header + "1,ada,Engineering,extra\n"), want: `import people: .*people.csv:2.*`},
		{name: "an open quote", edits: csv(header + "1,\"ada,Engineering\n2,linus,Sales\n"), want: `import people: .*people.csv:3:15: a quoted field .* begun in line 2 .*`},
		{name: "a key twice", edits: csv(header + "1,ada,Engineering\n1,linus,Sales\n"), want: `import people: .*people.csv:3.*`},
		{name: "a person without a key", edits: csv(header + ",ada,Engineering\n"), want: `import people: .*people.csv:2.*`},
		{name: "no key column", edits: csv("userName,department\nada,Engineering\n"), want: `import people: .*people.csv:1.*employeeNumber.*`},
		{name: "a column twice", edits: csv("employeeNumber,userName,userName\n1,ada,ada\n"), want: `import people: .*people.csv:1.*userName.*`},
		{name: "a column without a name", edits: csv("employeeNumber,userName,\n1,ada,Sales\n"), want: `import people: .*people.csv:1.*`},
		{name: "an impossible date", edits: csv("employeeNumber,userName,endDate\n1,ada,31.31.2026\n"), want: `import people: .*31.31.2026.*`},
		{name: "neither true nor false", edits: csv("employeeNumber,userName,active\n1,ada,perhaps\n"), want: `import people: .*perhaps.*`},
		{name: "another encoding", edits: csv(header + "1,ada,B\xfcro\n"), want: `import people: .*people.csv:2.*UTF-8.*`},
		{name: "a zero byte", edits: csv(header + "1,a\x00da,Sales\n"), want: `import people: .*people.csv:2.*`},
		{name: "several faults", edits: csv(header + ",ada,Sales\n2,linus\n"), want: `import people: .*people.csv:2.*\n  .*people.csv:3.*`},
		{name: "broken JSON", edits: json(`[{"employeeNumber": "1", "userName": "ada"`), want: `import people: .*people.json:1.*`},
		{name: "JSON that is no list", edits: json(`{"employeeNumber": "1"}`), want: `import people: .*people.json:1.*`},
		{name: "JSON with a nested value", edits: json(`[{"employeeNumber": "1", "userName": {"given": "ada"}}]`), want: `import people: .*people.json:1.*`},
		{name: "a source that pushes", edits: edits(swap("correlate:", "  - {name: okta, kind: scim}\ncorrelate:")), want: `.*okta.*`},
	} {
		b.args, b.noted = "import", true
		if b.code == 0 {
			b.code = exitUsage
		}
		if b.name == "a source that pushes" {
			b.args = "import okta"
		}
		t.Run(b.name, b.try)
	}
}
