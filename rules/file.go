package rules

import (
	"errors"
	"time"

	"go.yaml.in/yaml/v3"
)

// document is the shape of a policy file. Its types say which keys there are;
// what the values mean is checked afterwards.
type document struct {
	Groups       []groupEntry       `yaml:"groups"`
	Rules        []ruleEntry        `yaml:"rules"`
	Templates    []templateEntry    `yaml:"templates"`
	Constraints  []constraintEntry  `yaml:"constraints"`
	Exclusions   []exclusionEntry   `yaml:"exclusions"`
	Never        []propertyEntry    `yaml:"never"`
	Bundles      []bundleEntry      `yaml:"bundles"`
	Entitlements []entitlementEntry `yaml:"entitlements"`
	Tests        []testEntry        `yaml:"tests"`
}

type groupEntry struct {
	Name        string        `yaml:"name"`
	Title       string        `yaml:"title"`
	Description string        `yaml:"description"`
	Owners      []string      `yaml:"owners"`
	Risk        string        `yaml:"risk"`
	Standing    string        `yaml:"standing"`
	Prehire     bool          `yaml:"prehire"`
	Access      []string      `yaml:"access"`
	Contains    []string      `yaml:"contains"`
	Request     *requestEntry `yaml:"request"`
}

type requestEntry struct {
	Allow          expression       `yaml:"allow"`
	ForOthers      []string         `yaml:"for_others"`
	Durations      durationEntry    `yaml:"durations"`
	Require        []string         `yaml:"require"`
	Approve        []stageEntry     `yaml:"approve"`
	AutoApprove    expression       `yaml:"auto_approve"`
	AutoMax        time.Duration    `yaml:"auto_max"`
	ExpireAfter    time.Duration    `yaml:"expire_after"`
	ActivateWithin time.Duration    `yaml:"activate_within"`
	RemindBefore   time.Duration    `yaml:"remind_before"`
	Extend         *extendEntry     `yaml:"extend"`
	BreakGlass     *breakGlassEntry `yaml:"break_glass"`
}

type durationEntry struct {
	Default time.Duration `yaml:"default"`
	Max     time.Duration `yaml:"max"`
}

type stageEntry struct {
	By            string        `yaml:"by"`
	Count         *int          `yaml:"count"`
	RemindAfter   time.Duration `yaml:"remind_after"`
	EscalateAfter time.Duration `yaml:"escalate_after"`
	EscalateTo    string        `yaml:"escalate_to"`
}

type extendEntry struct {
	Approve *bool         `yaml:"approve"`
	Max     time.Duration `yaml:"max"`
}

type breakGlassEntry struct {
	Allow expression    `yaml:"allow"`
	Max   time.Duration `yaml:"max"`
}

type bundleEntry struct {
	Name        string   `yaml:"name"`
	Title       string   `yaml:"title"`
	Description string   `yaml:"description"`
	Groups      []string `yaml:"groups"`
}

type entitlementEntry struct {
	Match       string        `yaml:"match"`
	Title       string        `yaml:"title"`
	Description string        `yaml:"description"`
	Owners      []string      `yaml:"owners"`
	Risk        string        `yaml:"risk"`
	Request     *requestEntry `yaml:"request"`
}

type ruleEntry struct {
	Name        string     `yaml:"name"`
	Description string     `yaml:"description"`
	Owner       string     `yaml:"owner"`
	When        expression `yaml:"when"`
	Except      expression `yaml:"except"`
	ValidFrom   string     `yaml:"valid_from"`
	ValidUntil  string     `yaml:"valid_until"`
	Groups      []string   `yaml:"groups"`
}

type templateEntry struct {
	Match       string        `yaml:"match"`
	Title       string        `yaml:"title"`
	Description string        `yaml:"description"`
	Owners      []string      `yaml:"owners"`
	Risk        string        `yaml:"risk"`
	Prehire     bool          `yaml:"prehire"`
	Access      []string      `yaml:"access"`
	Request     *requestEntry `yaml:"request"`
}

type constraintEntry struct {
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Conflict    []string `yaml:"conflict"`
	Mode        string   `yaml:"mode"`
}

type exclusionEntry struct {
	User   string   `yaml:"user"`
	Groups []string `yaml:"groups"`
	Reason string   `yaml:"reason"`
	Until  string   `yaml:"until"`
}

type propertyEntry struct {
	Name        string     `yaml:"name"`
	Description string     `yaml:"description"`
	When        expression `yaml:"when"`
	Groups      []string   `yaml:"groups"`
}

type testEntry struct {
	Name      string               `yaml:"name"`
	User      map[string]yaml.Node `yaml:"user"`
	OnCall    []string             `yaml:"oncall"`
	Tickets   []string             `yaml:"tickets"`
	ReportsTo []string             `yaml:"reports_to"`
	At        string               `yaml:"at"`
	Gets      []string             `yaml:"gets"`
	Lacks     []string             `yaml:"lacks"`
}

// expression is a condition with the node it came from, which tells where its
// characters stand in the file. The node is nil where the key is missing.
type expression struct {
	source string
	node   *yaml.Node
	broken bool // it is no scalar; that has been told
}

// UnmarshalYAML takes any scalar: true is a condition too.
func (x *expression) UnmarshalYAML(node *yaml.Node) error {
	x.node = node
	if x.broken = node.Kind != yaml.ScalarNode; x.broken {
		return errors.New("must be a condition, such as user.department == \"Engineering\"")
	}
	x.source = node.Value
	return nil
}
