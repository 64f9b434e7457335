package aws

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"birthright/internal/httpkit"
	"birthright/internal/secret"
)

// What holds where the configuration says nothing.
const (
	defaultPage = 100
	mostPage    = 100 // Identity Center refuses more
	defaultWait = 5 * time.Second
)

// Config is `kind: aws`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Region is where Identity Center is.
	Region string `yaml:"region"`
	// AccessKeyID and SecretAccessKey are a credential; without them it is what
	// AWS's own programs would find: environment, profile, or the machine's role.
	AccessKeyID     secret.Ref `yaml:"access_key_id"`
	SecretAccessKey secret.Ref `yaml:"secret_access_key"`
	// RoleARN is a role to take on with it, ExternalID what the role's trust asks for.
	RoleARN    string `yaml:"role_arn"`
	ExternalID string `yaml:"external_id"`
	// InstanceARN and IdentityStoreID name the instance of Identity Center; they are
	// found where there is only one.
	InstanceARN     string `yaml:"instance_arn"`
	IdentityStoreID string `yaml:"identity_store_id"`
	// AWSAccounts limits permission sets to these accounts; empty means all of the
	// organisation that are active.
	AWSAccounts []string `yaml:"aws_accounts"`
	// Wait is how long an Apply waits for assignments that AWS makes in the background.
	Wait time.Duration `yaml:"wait"`
	// PageSize is how many entries to ask for at once.
	PageSize int    `yaml:"page_size"`
	Groups   Groups `yaml:"groups"`
	SCIM     SCIM   `yaml:"scim"`
	// IAM has the target be users and groups of classic IAM instead.
	IAM bool `yaml:"iam"`
}

// Groups says what may be done with groups besides changing their members.
type Groups struct {
	// Create lets the hub make groups that policies name and AWS lacks.
	Create bool `yaml:"create"`
}

// SCIM is Identity Center's SCIM endpoint, the only way to switch a user off.
type SCIM struct {
	URL   string     `yaml:"url"`
	Token secret.Ref `yaml:"token"`
}

var (
	regionForm  = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d+$`)
	accountForm = regexp.MustCompile(`^\d{12}$`)
	roleForm    = regexp.MustCompile(`^arn:[a-z-]+:iam::\d{12}:role/.+$`)
	ssoForm     = regexp.MustCompile(`^arn:[a-z-]+:sso:::instance/.+$`)
)

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Connection.Validate("https://amazonaws.com")
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	add(c.Region == "" && !c.Simulate, "region: missing: the region that Identity Center is in, such as eu-central-1")
	add(c.Region != "" && !regionForm.MatchString(c.Region), "region: %q is no region: write it like eu-central-1", c.Region)
	add(c.AccessKeyID.IsZero() != c.SecretAccessKey.IsZero(), "access_key_id and secret_access_key belong together: set both, or neither for what this machine has")
	add(c.RoleARN != "" && !roleForm.MatchString(c.RoleARN), "role_arn: %q is no role: write it like arn:aws:iam::111122223333:role/birthright", c.RoleARN)
	add(c.ExternalID != "" && c.RoleARN == "", "external_id: it is told when taking on a role: set role_arn")
	add(c.InstanceARN != "" && !ssoForm.MatchString(c.InstanceARN), "instance_arn: %q is no instance: write it like arn:aws:sso:::instance/ssoins-1234567890abcdef", c.InstanceARN)
	for i, id := range c.AWSAccounts {
		add(!accountForm.MatchString(id), "aws_accounts[%d]: %q is no account: twelve digits, in quotes", i, id)
	}
	add(c.Wait < 0, "wait: %s is negative", c.Wait)
	add(c.PageSize < 0 || c.PageSize > mostPage, "page_size: %d: at least 1 and at most %d", c.PageSize, mostPage)
	return append(faults, c.validateSCIM()...)
}

func (c *Config) validateSCIM() []error {
	var faults []error
	if c.IAM && (c.SCIM.URL != "" || c.InstanceARN != "" || c.IdentityStoreID != "" || len(c.AWSAccounts) > 0) {
		faults = append(faults, errors.New("iam: users of classic IAM have nothing to do with scim, instance_arn, identity_store_id and aws_accounts: leave them out"))
	}
	if (c.SCIM.URL == "") != c.SCIM.Token.IsZero() {
		return append(faults, errors.New("scim: url and token are both needed"))
	}
	if c.SCIM.URL != "" {
		if err := httpkit.CheckURL(c.SCIM.URL, c.Insecure); err != nil {
			faults = append(faults, fmt.Errorf("scim: %w", err))
		}
	}
	return faults
}
