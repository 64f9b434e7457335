package main

import "testing"

// Every command that needs the policy refuses it as `policy check` does.
func TestBadPolicy(t *testing.T) {
	t.Parallel()
	const at = `policies/company.yaml:`
	for _, b := range []bad{
		{name: "not YAML", edits: edits(write("policies/company.yaml", "groups: {")), args: "policy check", code: 2, want: at + `1:\d+: .*`},
		{name: "a list", edits: edits(write("policies/company.yaml", "- a\n")), args: "plan", code: 2, want: at + `1:1: .*expected.*`},
		{name: "unknown key", edits: edits(rule("    when: user.department ==", "    wen: user.department ==")), args: "plan", code: 2, want: `` + at + `\d+:5: unknown key "wen"; did you mean "when"\?`},
		{name: "broken CEL", edits: edits(rule(`user.userName != ""`, `user.userName !=`)), args: "plan", code: 2, want: at + `29:27: syntax error: the condition ends too early`},
		{name: "CEL of the wrong type", edits: edits(rule(`user.userName != ""`, `user.userName`)), args: "import", code: 2, want: at + `29:11: the condition gives a string, not yes or no.*`},
		{name: "unknown attribute", edits: edits(rule(`user.userName != ""`, `user.usrName != ""`)), args: "sync", code: 2, want: at + `29:11: unknown attribute user.usrName \(did you mean user.userName\?\).*`},
		{name: "unknown function", edits: edits(rule(`user.userName != ""`, `onCall("x")`)), args: "serve", code: 2, want: at + `29:11: unknown function onCall \(did you mean oncall\?\).*`},
		{name: "undefined group", edits: edits(rule("groups: [engineering]", "groups: [enginering]")), args: "plan", code: 2, want: at + `\d+:14: undefined group "enginering" \(did you mean engineering\?\): define it under groups`},
		{name: "undefined group in a test", edits: edits(rule("lacks: [production]", "lacks: [prodution]")), args: "policy check", code: 2, want: at + `\d+:13: undefined group "prodution" \(did you mean production\?\): define it under groups`},
		{name: "undefined approvers", edits: edits(rule("{by: owners}", "{by: \"group:chiefs\", count: 1}")), args: "plan", code: 2, want: at + `\d+:\d+: undefined group "chiefs": define it under groups`},
		{name: "group twice", edits: edits(rule("\nrules:", "\n  - name: everyone\n\nrules:")), args: "plan", code: 2, want: at + `\d+:11: group "everyone" is defined twice; the first one is at policies/company.yaml:5:11`},
		{name: "rule twice", edits: edits(rule("  - name: teams", "  - name: engineers")), args: "plan", code: 2, want: at + `\d+:11: rule "engineers" is defined twice; .*`},
		{name: "group twice in two files", edits: edits(write("policies/more.yaml", "groups: [{name: everyone}]\n")), args: "plan", code: 2, want: `policies/more.yaml:1:17: group "everyone" is defined twice; the first one is at policies/company.yaml:5:11`},
		{name: "rules that wait for each other", edits: edits(rule(`user.userName != ""`, `inGroup("engineering")`), rule(`when: user.department == "Engineering"`, `when: inGroup("everyone")`)), args: "plan", code: 2, want: at + `\d+:\d+: inGroup goes in a circle: rule everyone needs group engineering, which rule engineers gives, which needs group everyone, which rule everyone gives: take one inGroup out`},
		{name: "owners in a circle", edits: edits(rule("owners: [\"user:ada\"]", "owners: [\"group:engineering\"]"), rule("owners: [\"user:ada\", manager]", "owners: [\"group:everyone\"]")), args: "plan", code: 2, want: at + `\d+:\d+: groups own each other in a circle: everyone ← engineering ← everyone: .*`},
		{name: "standing never given", edits: edits(rule("groups: [engineering]", "groups: [production]")), args: "plan", code: 2, want: at + `\d+:14: no rule may give group "production": it says standing: never, at policies/company.yaml:17`},
		{name: "access to no target", edits: edits(rule("handout:list/code", "handuot:list/code")), args: "plan", code: 2, want: at + `\d+:14: access to "handuot:list/code": no target "handuot" is configured \(did you mean handout\?\)`},
		{name: "access that is no address", edits: edits(rule("handout:list/code", "code")), args: "plan", code: 2, want: at + `\d+:14: "code" is not an entitlement address: .*`},
		{name: "unknown placeholder", edits: edits(rule("team-{department}-{team}", "team-{departement}")), args: "plan", code: 2, want: at + `\d+:14: unknown attribute in placeholder \{departement\} \(did you mean department\?\).*`},
		{name: "bad duration", edits: edits(rule("max: 8h", "max: 8 parsecs")), args: "plan", code: 2, want: at + `\d+:\d+: .*"8 parsecs" is not a duration.*`},
		{name: "bad risk", edits: edits(rule("risk: high", "risk: hihg")), args: "plan", code: 2, want: at + `\d+:11: risk cannot be "hihg" \(did you mean high\?\): it is one of low, medium, high, critical`},
		{name: "folder for a policy", edits: edits(remove("policies/company.yaml"), folder("policies/company.yaml")), args: "plan", code: 2, want: `birthright.yaml:11:12: policies\[0\]: no file matches .*`},
	} {
		t.Run(b.name, b.try)
	}
}
