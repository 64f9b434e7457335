package conformance

import "strings"

// filterRow is a filter and whom it finds among the cast. Filters name only what
// carries the run's tag, or are put behind everyone.
type filterRow struct {
	name, filter, finds, why string
	groups                   bool // asked of /Groups
	among                    bool // put behind everyone: it would find others, too
}

// filterTable makes cases of rows.
func filterTable(rows []filterRow) []Case {
	var cases []Case
	for _, row := range rows {
		cases = append(cases, Case{Section: "RFC 7644 §3.4.2.2", Name: row.name + ": " + row.filter, Why: row.why, Needs: []Feature{Filter},
			Run: func(c *Client) {
				m := c.casting()
				filter, endpoint := row.filter, "/Users"
				if row.among {
					filter = everyone + " and (" + filter + ")"
				}
				if row.groups {
					endpoint = "/Groups"
				}
				a := c.search(endpoint, "filter", c.fill(filter, m.pairs()...), "attributes", "displayName")
				m.finds(a, strings.Fields(row.finds)...)
			}})
	}
	return cases
}

// filterCases are about attributes of each kind.
func filterCases() []Case {
	const (
		match = "providers find people by it before they create them"
		parts = "a condition on a part holds if it holds for any value"
		rules = "reports and other clients of the directory ask by it"
	)
	return filterTable([]filterRow{
		{name: "text", filter: `userName eq "ada.{u}@example.com"`, finds: "ada", why: match},
		{name: "text in other letters", filter: `userName eq "BOB.{u}@EXAMPLE.COM"`, finds: "bob", why: match},
		{name: "case-exact text", filter: `externalId eq "{u}-Ada"`, finds: "ada", why: match},
		{name: "case-exact text in other letters", filter: `externalId eq "{u}-ADA"`, finds: "", why: "externalId is case exact: another letter case is another person"},
		{name: "id", filter: `id eq "{bob}"`, finds: "bob", why: match},
		{name: "qualified name", filter: coreUser + `:userName eq "bob.{u}@example.com"`, finds: "bob", why: "names may be qualified with their schema"},
		{name: "boolean true", filter: `active eq true`, finds: "ada dan", among: true, why: "incremental reads begin with it"},
		{name: "boolean false", filter: `active eq false`, finds: "bob", among: true, why: "false is a value, and not the absence of one"},
		{name: "part of a complex value", filter: `name.familyName eq "byron {u}"`, finds: "ada", why: rules},
		{name: "part of a complex value, qualified", filter: coreUser + `:name.givenName eq "Ada"`, finds: "ada", among: true, why: rules},
		{name: "value of a list", filter: `emails.value eq "ada.{u}@home.example"`, finds: "ada", why: parts},
		{name: "list without a part", filter: `emails eq "bob.{u}@work.example"`, finds: "bob", why: "the section's own examples leave value out"},
		{name: "type in a list", filter: `emails.type eq "home"`, finds: "ada dan", among: true, why: parts},
		{name: "primary in a list", filter: `emails.primary eq true`, finds: "ada dan", among: true, why: parts},
		{name: "phone", filter: `phoneNumbers.value eq "tel:+44-{u}"`, finds: "ada", why: parts},
		{name: "address", filter: `addresses.locality eq "london {u}"`, finds: "ada", why: parts},
		{name: "role", filter: `roles.value eq "Admin"`, finds: "ada", among: true, why: parts},
		{name: "extension", filter: enterprise + `:department eq "research {u}"`, finds: "bob", why: rules},
		{name: "extension, number as text", filter: enterprise + `:employeeNumber eq "100"`, finds: "bob", among: true, why: "HR finds people by their number"},
		{name: "reference in an extension", filter: enterprise + `:manager.value eq "{ada}"`, finds: "bob", why: "Entra ID checks a manager that way"},
		{name: "reference in an extension, without its part", filter: enterprise + `:manager eq "{ada}"`, finds: "bob", why: "Entra ID checks a manager that way"},
		{name: "schemas", filter: `schemas eq "` + enterprise + `"`, finds: "bob cyd", among: true, why: "the section finds users of an extension that way"},
		{name: "core schema", filter: `schemas eq "` + coreUser + `"`, finds: "ada bob cyd dan", among: true, why: "every resource has it"},
		{name: "resource type", filter: `meta.resourceType eq "User"`, finds: "ada bob cyd dan", among: true, why: "it is the condition of queries over all types"},
		{name: "creation after", filter: `meta.created gt "2011-05-13T04:42:34Z"`, finds: "ada bob cyd dan", among: true, why: "incremental reads"},
		{name: "creation before", filter: `meta.created lt "2011-05-13T04:42:34Z"`, finds: "", among: true, why: "incremental reads"},
		{name: "change since", filter: `meta.lastModified ge "2011-05-13T04:42:34Z"`, finds: "ada bob cyd dan", among: true, why: "incremental reads"},
		{name: "change since, with seven digits and the year 1", filter: `meta.lastModified ge "0001-01-03T00:00:00.0000000Z"`, finds: "ada bob cyd dan", among: true, why: "Entra ID's validator asks so"},
		{name: "change since, in another zone", filter: `meta.lastModified ge "2011-05-13T04:42:34+05:30"`, finds: "ada bob cyd dan", among: true, why: "a time has a zone"},
		{name: "change before", filter: `meta.lastModified le "2011-05-13T04:42:34Z"`, finds: "", among: true, why: "incremental reads"},
		{name: "groups of a user", filter: `groups.value eq "{crew}"`, finds: "ada bob", why: "who is in a group is asked from both sides"},
		{name: "groups of a user, without value", filter: `groups eq "{fleet}"`, finds: "dan", why: "who is in a group is asked from both sides"},
		{name: "groups of a user by name", filter: `groups.display eq "Crew {u}"`, finds: "ada bob", why: "people know groups by name"},
		{name: "groups of a user at all", filter: `groups pr`, finds: "ada bob dan", among: true, why: "who has no access at all is a common question"},
		{name: "group by name", filter: `displayName eq "crew {u}"`, finds: "crew", groups: true, why: match},
		{name: "group by externalId", filter: `externalId eq "{u}-fleet"`, finds: "fleet", groups: true, why: match},
		{name: "group by id", filter: `id eq "{idle}"`, finds: "idle", groups: true, why: match},
		{name: "group by member", filter: `members.value eq "{ada}"`, finds: "crew", groups: true, why: "what somebody is in"},
		{name: "group by member, without value", filter: `members eq "{dan}"`, finds: "fleet", groups: true, why: "Entra ID checks a membership that way"},
		{name: "group by nested group", filter: `members.value eq "{crew}"`, finds: "fleet", groups: true, why: "groups are members, too"},
		{name: "group by kind of member", filter: `members.type eq "Group"`, finds: "fleet", groups: true, among: true, why: "finds nested groups"},
		{name: "group with members", filter: `members pr`, finds: "crew fleet", groups: true, among: true, why: "finds empty groups by its opposite"},
		{name: "group and member", filter: `id eq "{crew}" and members eq "{bob}"`, finds: "crew", groups: true, why: "Entra ID's check of a membership"},
		{name: "group and no member", filter: `id eq "{crew}" and members eq "{dan}"`, finds: "", groups: true, why: "Entra ID's check of a membership"},
	})
}

// filterOperatorCases are about the operators.
func filterOperatorCases() []Case {
	const why = "an operator that is a little off finds a little too much or too little, and nobody notices"
	return filterTable([]filterRow{
		{name: "ne", filter: `userType ne "Employee"`, finds: "bob cyd", among: true, why: "who has no value does not have that value"},
		{name: "ne in other letters", filter: `userType ne "EMPLOYEE"`, finds: "bob cyd", among: true, why: why},
		{name: "ne of a boolean", filter: `active ne true`, finds: "bob cyd", among: true, why: why},
		{name: "co", filter: `title co "GINEER {u}"`, finds: "ada bob", why: why},
		{name: "co of nothing there", filter: `title co "{u}engineer"`, finds: "", why: why},
		{name: "co with a sign of SQL", filter: `title co "%{u}"`, finds: "", why: "percent and underscore are plain letters here"},
		{name: "sw", filter: `title sw "engineer {u}"`, finds: "ada bob", why: why},
		{name: "sw of the middle", filter: `title sw "ngineer {u}"`, finds: "", why: why},
		{name: "sw, case-exact", filter: `externalId sw "{u}-D"`, finds: "dan", why: why},
		{name: "ew", filter: `userName ew "{u}@example.org"`, finds: "cyd dan", why: why},
		{name: "ew of the middle", filter: `userName ew "{u}@example"`, finds: "", why: why},
		{name: "ew in a list", filter: `emails.value ew "{u}@HOME.example"`, finds: "ada dan", why: why},
		{name: "pr", filter: `title pr`, finds: "ada bob dan", among: true, why: why},
		{name: "pr of a complex value", filter: `name pr`, finds: "ada bob cyd", among: true, why: why},
		{name: "pr of a part", filter: `name.givenName pr`, finds: "ada bob cyd", among: true, why: why},
		{name: "pr of a list", filter: `emails pr`, finds: "ada bob dan", among: true, why: why},
		{name: "pr of false", filter: `active pr`, finds: "ada bob dan", among: true, why: "false is a value"},
		{name: "pr in an extension", filter: enterprise + `:department pr`, finds: "bob cyd", among: true, why: why},
		{name: "gt of texts", filter: `userName gt "bob.{u}@example.com"`, finds: "cyd dan", among: true, why: "texts are compared in their order"},
		{name: "ge of texts", filter: `userName ge "BOB.{u}@example.com"`, finds: "bob cyd dan", among: true, why: "and without letter case where the attribute has none"},
		{name: "lt of texts", filter: `userName lt "bob.{u}@example.com"`, finds: "ada", among: true, why: why},
		{name: "le of texts", filter: `userName le "bob.{u}@example.com"`, finds: "ada bob", among: true, why: why},
		{name: "lt of a number in a text", filter: enterprise + `:employeeNumber lt "20"`, finds: "bob", among: true, why: "employeeNumber is a text, and 100 comes before 20"},
		{name: "operator in capitals", filter: `userName EQ "bob.{u}@example.com"`, finds: "bob", why: "operators have no letter case"},
		{name: "attribute in other letters", filter: `USERNAME eq "bob.{u}@example.com"`, finds: "bob", why: "attributes have no letter case"},
		{name: "extension in other letters", filter: strings.ToUpper(enterprise) + `:Department sw "Sales {u}"`, finds: "cyd", why: "nor have schemas"},
		{name: "quote and backslash in a value", filter: `displayName co "\"the\\quick\" O'Malley {u}"`, finds: "cyd", why: "a value is a JSON string"},
		{name: "escaped letter in a value", filter: `name.familyName eq "\u00e9clair {u}"`, finds: "cyd", why: "a value is a JSON string"},
		{name: "letters without a case rule of ASCII", filter: `name.familyName sw "ÉCLAIR {u}"`, finds: "cyd", why: "é and É are one letter in two cases"},
		{name: "words of the language in a value", filter: `displayName eq "a and (b or c) {u}"`, finds: "", why: "inside quotes nothing is an operator"},
		{name: "eq of an empty text", filter: `title eq ""`, finds: "", among: true, why: "no value is not the empty text"},
	})
}

// filterValuePathCases are about conditions on one value of a list.
func filterValuePathCases() []Case {
	const why = "all conditions in the brackets hold for the same value, or the answer names the wrong person"
	return filterTable([]filterRow{
		{name: "one condition", filter: `emails[type eq "home"]`, finds: "ada dan", among: true, why: why},
		{name: "two conditions on one value", filter: `emails[type eq "work" and value eq "ada.{u}@work.example"]`, finds: "ada", why: why},
		{name: "two conditions on two values", filter: `emails[type eq "home" and value eq "ada.{u}@work.example"]`, finds: "", why: why},
		{name: "the same two without brackets", filter: `emails.type eq "home" and emails.value eq "ada.{u}@work.example"`, finds: "ada", why: "without brackets each condition may hold for another value"},
		{name: "or in brackets", filter: `emails[value eq "bob.{u}@work.example" or value eq "dan.{u}@home.example"]`, finds: "bob dan", why: why},
		{name: "not in brackets", filter: `emails[not (type eq "work")]`, finds: "ada dan", among: true, why: why},
		{name: "parentheses in brackets", filter: `emails[(type eq "work" or type eq "home") and primary eq true]`, finds: "ada dan", among: true, why: why},
		{name: "co in brackets", filter: `emails[type eq "home" and value co "dan.{u}"]`, finds: "dan", why: why},
		{name: "pr in brackets", filter: `phoneNumbers[value pr]`, finds: "ada", among: true, why: why},
		{name: "two lists", filter: `emails[type eq "work" and value sw "ada.{u}"] or phoneNumbers[type eq "mobile" and value eq "tel:+44-{u}"]`, finds: "ada", why: "the section's last example"},
		{name: "beside another condition", filter: `userType eq "Contractor" and emails[value sw "bob.{u}"]`, finds: "bob", why: why},
		{name: "not of brackets", filter: `not (emails[type eq "home"])`, finds: "bob cyd", among: true, why: why},
		{name: "members", filter: `members[value eq "{dan}"]`, finds: "fleet", groups: true, why: why},
		{name: "members of a kind", filter: `members[type eq "User" and value eq "{ada}"]`, finds: "crew", groups: true, why: why},
		{name: "groups", filter: `groups[value eq "{crew}"]`, finds: "ada bob", why: why},
	})
}

// filterLogicCases are about and, or, not and parentheses.
func filterLogicCases() []Case {
	const why = "whoever reads a filter another way gets other people"
	return filterTable([]filterRow{
		{name: "and", filter: `title eq "engineer {u}" and active eq true`, finds: "ada", why: why},
		{name: "or", filter: `title eq "engineer {u}" or title eq "manager {u}"`, finds: "ada bob dan", why: why},
		{name: "and binds more than or", filter: `title eq "manager {u}" or title eq "engineer {u}" and active eq false`, finds: "bob dan", why: why},
		{name: "and binds more than or, in front", filter: `active eq false and title eq "engineer {u}" or title eq "manager {u}"`, finds: "bob dan", why: why},
		{name: "parentheses", filter: `(title eq "manager {u}" or title eq "engineer {u}") and active eq false`, finds: "bob", why: why},
		{name: "not", filter: `not (title pr)`, finds: "cyd", among: true, why: why},
		{name: "not binds more than and", filter: `not (title pr) and name pr`, finds: "cyd", among: true, why: why},
		{name: "not of and", filter: `not (title pr and active eq true)`, finds: "bob cyd", among: true, why: why},
		{name: "not of eq where there is no value", filter: `not (userType eq "Employee")`, finds: "bob cyd", among: true, why: "the condition is false, so its opposite is true"},
		{name: "not of not", filter: `not (not (title eq "manager {u}"))`, finds: "dan", among: true, why: why},
		{name: "and not", filter: `userType eq "Employee" and not (title co "engineer {u}")`, finds: "dan", among: true, why: why},
		{name: "words in capitals", filter: `title eq "engineer {u}" AND NOT (active eq true) OR title eq "manager {u}"`, finds: "bob dan", why: "all words of the grammar are case insensitive"},
		{name: "parentheses around everything", filter: `((title eq "manager {u}"))`, finds: "dan", why: why},
		{name: "many terms", filter: `title eq "manager {u}"` + strings.Repeat(` or title eq "nobody {u}"`, 40), finds: "dan", why: "providers ask for many at once"},
		{name: "three terms", filter: `active eq true and userType eq "Employee" and title eq "manager {u}"`, finds: "dan", why: why},
		{name: "blanks", filter: `  title   eq   "manager {u}"  `, finds: "dan", why: "filters are put together from parts"},
	})
}
