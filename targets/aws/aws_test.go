package aws

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
	"birthright/targets/aws/awssim"
)

func inGroup(id string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: Group, ID: id}
}

func TestValidate(t *testing.T) {
	key := Config{Region: "eu-central-1", AccessKeyID: ref(t, "AKID"), SecretAccessKey: ref(t, canary)}
	for says, change := range map[string]func(*Config){
		"":                         func(*Config) {},
		"region: missing":          func(c *Config) { c.Region = "" },
		"write it like eu-cen":     func(c *Config) { c.Region = "Frankfurt" },
		"belong together":          func(c *Config) { c.AccessKeyID = ref(t, "") },
		"role_arn":                 func(c *Config) { c.RoleARN = "birthright" },
		"external_id":              func(c *Config) { c.ExternalID = "x" },
		"instance_arn":             func(c *Config) { c.InstanceARN = "ssoins-1" },
		"aws_accounts[1]":          func(c *Config) { c.AWSAccounts = []string{"111122223333", "prod"} },
		"wait: -1s is negative":    func(c *Config) { c.Wait = -time.Second },
		"page_size: 200":           func(c *Config) { c.PageSize = 200 },
		"scim: url and token":      func(c *Config) { c.SCIM.URL = "https://scim.example.com" },
		"scim: url: ":              func(c *Config) { c.SCIM = SCIM{URL: "http://scim.example.com", Token: ref(t, canary)} },
		"iam: users of classic":    func(c *Config) { c.IAM, c.IdentityStoreID = true, "d-1" },
		"timeout: -1s is negative": func(c *Config) { c.Timeout = -time.Second },
	} {
		c := key
		change(&c)
		faults := c.Validate()
		if said := fmt.Sprint(faults); (says == "") != (len(faults) == 0) || !strings.Contains(said, strings.TrimSuffix(says, "url: ")) || strings.Contains(said, canary) {
			t.Errorf("%q: %v", says, faults)
		}
	}
	simulated := Config{Connection: httpkit.Connection{Simulate: true}}
	if faults := simulated.Validate(); len(faults) > 0 {
		t.Error(faults)
	}
	for _, m := range [][]targets.Mapping{{{To: "shoeSize", From: "x"}}, {{To: "title"}}, {{To: "title", From: "a"}, {To: "Title", From: "b"}}} {
		if _, err := key.Open(targets.Env{Name: "t", Map: m}); err == nil {
			t.Errorf("taken: %v", m)
		}
	}
}

// The probe names each right that is missing.
func TestProbeNamesRights(t *testing.T) {
	for _, c := range []struct {
		right string
		iam   bool
	}{
		{"sso:ListPermissionSets", false}, {"sso:ListInstances", false}, {"identitystore:ListUsers", false}, {"identitystore:DescribeUser", false},
		{"identitystore:ListGroups", false}, {"organizations:ListAccounts", false}, {"sso:ListAccountAssignments", false},
		{"identitystore:CreateGroupMembership", false}, {"sso:DeleteAccountAssignment", false}, {"iam:ListUsers", true}, {"iam:AddUserToGroup", true},
	} {
		r := newRig(t, awssim.Options{Denied: []string{c.right}, IAM: c.iam}, nil)
		r.system.Seed(targets.State{
			Accounts: []targets.Account{{Name: "ada", Active: true}}, Entitlements: []targets.Entitlement{{Address: set(readerSet)}},
			Assignments: []targets.Assignment{{AccountID: "ada", Entitlement: set(readerSet)}},
		})
		before, _ := r.Transport.Calls()
		report, err := r.target.Probe(t.Context())
		if err != nil || !report.Reachable {
			t.Errorf("%s: %v, reachable %v", c.right, err, report.Reachable)
		}
		named := false
		for _, f := range report.Findings {
			named = named || !f.OK && strings.Contains(f.Check+" "+f.Remedy, c.right) && strings.HasPrefix(f.Remedy, "allow ")
		}
		if after, _ := r.Transport.Calls(); !named || after == before {
			t.Errorf("%s is not named: %+v", c.right, report.Findings)
		}
	}
}

// A credential that AWS does not know is the probe's first finding.
func TestProbeWithAWrongKey(t *testing.T) {
	r := newRig(t, awssim.Options{}, func(c *Config) { c.AccessKeyID = ref(t, "AKIDOTHER") })
	report, err := r.target.Probe(t.Context())
	if err != nil || len(report.Findings) != 1 || report.Findings[0].OK || !strings.Contains(report.Findings[0].Remedy, "access_key_id") {
		t.Errorf("%+v %v", report, err)
	}
	if _, err := targets.ReadState(t.Context(), r.target, targets.Query{}); identity.KindOf(err) != identity.Denied {
		t.Errorf("%v", err)
	}
}

// A group that an identity provider keeps is read and left alone.
func TestGroupsOfAnIdP(t *testing.T) {
	r := newRig(t, awssim.Options{}, nil)
	r.system.Seed(targets.State{
		Accounts:     []targets.Account{{Name: "ada", Active: true}, {Name: "bob", Active: true}},
		Entitlements: []targets.Entitlement{{Address: inGroup("okta-eng"), ReadOnly: true}},
		Assignments:  []targets.Assignment{{AccountID: "ada", Entitlement: inGroup("okta-eng")}},
	})
	for range 2 { // not knowing it yet, and after a read
		got := apply(t, r.target, op(targets.Add, "bob", inGroup("okta-eng")), op(targets.Remove, "ada", inGroup("okta-eng")))
		if outcomes(got) != "refused refused" || identity.KindOf(got[0].Err) != identity.Denied {
			t.Errorf("%s: %v", outcomes(got), got[0].Err)
		}
		s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
		if err != nil || len(s.Entitlements) != 1 || !s.Entitlements[0].ReadOnly || len(s.Assignments) != 1 || !s.Assignments[0].Indirect {
			t.Errorf("%+v %v", s, err)
		}
	}
}

// A membership's id is remembered from a read: taking it away is one call.
func TestMembershipIDs(t *testing.T) {
	r := newRig(t, awssim.Options{}, nil)
	r.system.Seed(targets.State{
		Accounts: []targets.Account{{Name: "ada", Active: true}}, Entitlements: []targets.Entitlement{{Address: inGroup("eng")}},
		Assignments: []targets.Assignment{{AccountID: "ada", Entitlement: inGroup("eng")}},
	})
	remove := op(targets.Remove, "ada", inGroup("eng"))
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	remove.Account.ID = s.Accounts[0].ID
	before := r.target.(targets.Counter).Calls()
	if got := apply(t, r.target, remove)[0]; got.Outcome != targets.Done {
		t.Fatal(got)
	}
	if sent := r.target.(targets.Counter).Calls() - before; sent != 1 {
		t.Errorf("%d calls", sent)
	}
	add := remove
	add.Action = targets.Add
	// Somebody else takes it away and gives it anew: the id that we know is no good.
	if got := outcomes(apply(t, r.target, add)); got != "done" {
		t.Fatal(got)
	}
	other := r.open(t, nil)
	if got := outcomes(apply(t, other, remove, add)); got != "done done" {
		t.Fatal(got)
	}
	if got := outcomes(apply(t, r.target, remove, remove)); got != "done already" {
		t.Errorf("with an old id: %s", got)
	}
}

// A group that was made anew under its name has another id than the one we know.
func TestGroupMadeAnew(t *testing.T) {
	r := newRig(t, awssim.Options{}, nil)
	r.system.Seed(targets.State{Accounts: []targets.Account{{Name: "ada", Active: true}}, Entitlements: []targets.Entitlement{{Address: inGroup("eng")}}})
	if got := outcomes(apply(t, r.target, op(targets.Add, "ada", inGroup("eng")))); got != "done" {
		t.Fatal(got)
	}
	r.system.DropGroup("eng")
	if got := outcomes(apply(t, r.target, op(targets.Add, "ada", inGroup("eng")))); got != "stale" {
		t.Errorf("a group that is gone: %s", got)
	}
	r.system.Seed(targets.State{Entitlements: []targets.Entitlement{{Address: inGroup("eng")}}})
	if got := outcomes(apply(t, r.target, op(targets.Add, "ada", inGroup("eng")))); got != "done" {
		t.Errorf("a group made anew: %s", got)
	}
}

// looping answers every list of users with a token for another page.
type looping struct{ *awssim.System }

func (l looping) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".ListUsers") {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = w.Write([]byte(`{"Users":[{"UserId":"1","UserName":"ada","IdentityStoreId":"d"}],"NextToken":"again"}`))
		return
	}
	l.System.ServeHTTP(w, r)
}

func TestTokenThatComesAgain(t *testing.T) {
	r := newRig(t, awssim.Options{}, nil)
	target := r.over(t, looping{r.system})
	if _, err := targets.ReadState(t.Context(), target, targets.Query{}); identity.KindOf(err) != identity.Incomplete {
		t.Errorf("%v", err)
	}
}

// An update changes what is mapped and leaves a second address alone.
func TestUpdateLeavesTheRest(t *testing.T) {
	r := newRig(t, awssim.Options{}, nil)
	ada := targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{}}
	ada.Attributes.Set(identity.AttrEmail, "ada@example.com")
	made := apply(t, r.target, targets.Op{Action: targets.CreateAccount, Account: ada})[0]
	if made.Outcome != targets.Done {
		t.Fatal(made)
	}
	r.system.AddEmail(made.AccountID, "private@example.com")
	ada.ID = made.AccountID
	ada.Attributes.Set(identity.AttrEmail, "lovelace@example.com")
	if got := outcomes(apply(t, r.target, targets.Op{Action: targets.UpdateAccount, Account: ada}, targets.Op{Action: targets.UpdateAccount, Account: ada})); got != "done already" {
		t.Error(got)
	}
	if d := cmp.Diff([]string{"lovelace@example.com", "private@example.com"}, r.system.Emails(made.AccountID)); d != "" {
		t.Error(d)
	}
}

// With a role, its key signs, and neither key nor token is in the recording.
func TestRoleAndRecording(t *testing.T) {
	file := filepath.Join(t.TempDir(), "record.jsonl")
	r := newRig(t, awssim.Options{}, func(c *Config) {
		c.RoleARN, c.ExternalID, c.Record = "arn:aws:iam::999900001111:role/birthright", "x-1", file
	})
	if _, err := targets.ReadState(t.Context(), r.target, targets.Query{}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if !strings.Contains(text, "AssumeRole") || !strings.Contains(text, "x-1") || strings.Contains(text, canary) || strings.Contains(text, awssim.RoleSecret) {
		t.Error(text)
	}
}

// Without a written key, what AWS's own programs would find signs.
func TestKeyOfTheMachine(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", keyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", canary)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	r := newRig(t, awssim.Options{}, func(c *Config) { c.AccessKeyID, c.SecretAccessKey = ref(t, ""), ref(t, "") })
	if _, err := targets.ReadState(t.Context(), r.target, targets.Query{}); err != nil {
		t.Error(err)
	}
}

// A key that cannot be had is told as it is, and nothing was sent.
func TestKeyThatIsNotThere(t *testing.T) {
	r := newRig(t, awssim.Options{}, func(c *Config) { c.SecretAccessKey = ref(t, "file:/nowhere/key") })
	_, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if sent, _ := r.Transport.Calls(); err == nil || !strings.Contains(err.Error(), "no such file") || sent != 0 {
		t.Errorf("%v, %d calls", err, sent)
	}
	if got := apply(t, r.target, op(targets.Add, "ada", inGroup("eng")))[0]; got.Outcome != targets.Refused {
		t.Errorf("%s %v", got.Outcome, got.Err)
	}
}
