package google

import (
	"strings"
	"testing"

	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/google/googlesim"
)

// The probe names what is missing: the scope, or the administrator's privilege.
func TestProbeNamesWhatIsMissing(t *testing.T) {
	for _, tt := range []struct {
		name, check, remedy string
		change              func(*googlesim.Options)
	}{
		{"a scope", "members of groups", "1007 the scope " + scopeMembers, func(o *googlesim.Options) {
			o.Scopes = []string{scopeUsers, scopeGroupsRead, scopeDrive}
		}},
		{"a privilege", "read users", "admin@example.com an administrator's role with the privilege Users, Read, Create", func(o *googlesim.Options) {
			o.Forbidden = []string{"/users"}
		}},
		{"a file", "file plan", "share the file with admin@example.com", func(*googlesim.Options) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, func(c *Config, o *googlesim.Options) {
				c.Groups.Create = false
				c.Files = []string{"plan"}
				tt.change(o)
			})
			if tt.check != "file plan" {
				r.seed(t, targets.State{Entitlements: []targets.Entitlement{{Address: ent(kindFile, "plan@reader")}}})
			}
			report, err := r.target.Probe(t.Context())
			if err != nil || !report.Reachable {
				t.Fatalf("%+v, %v", report, err)
			}
			for _, f := range report.Findings {
				if f.OK == (f.Check == tt.check) || !f.OK && !strings.Contains(f.Remedy, tt.remedy) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// A configuration that cannot work says why, in the file's words.
func TestValidate(t *testing.T) {
	c := &Config{Customer: "C1", Domain: "example.com", Files: []string{"a", "a", "https://docs/d/a/edit"}}
	c.Drives.Create = true
	var all []string
	for _, err := range c.Validate() {
		all = append(all, err.Error())
	}
	for _, want := range []string{"credentials is missing", "subject:", "customer and domain", "drives.group_domain is missing", "files[1]", "files[2]"} {
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("%q is not said: %q", want, all)
		}
	}
	if len(all) != 6 {
		t.Errorf("%d faults: %q", len(all), all)
	}
}

// A key file that is none is told apart from a network that is down.
func TestKeyFiles(t *testing.T) {
	for text, want := range map[string]string{
		"not json":                   "it is not JSON",
		`{"type":"authorized_user"}`: "it is not the key of a service account",
		`{"type":"service_account","client_email":"a@b","private_key":"x","token_uri":"http://evil"}`: "token_uri is not https",
	} {
		_, err := serviceAccount{credentials: secret.Value(text)}.key(t.Context(), "")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Where a mapping leads is checked when the target is opened.
func TestMap(t *testing.T) {
	_, err := parseMap([]targets.Mapping{{To: "name", From: "displayName"}, {To: "photos", From: "x"}, {To: "orgUnitPath", From: "unit"}, {To: "orgUnitPath", From: "unit"}, {From: "x"}})
	for _, want := range []string{"map[0]", "map[1]", "map[3]", "map[4]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not said: %v", want, err)
		}
	}
}
