package scim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/ratelimit"
	"birthright/targets"
)

// Habits is what servers do each in their own way, where the RFCs leave it open or in
// spite of them. A key that is left out is as the dialect has it.
type Habits struct {
	// PageSize is how many resources to ask for at once.
	PageSize int `yaml:"page_size"`
	// MaxMembers is how many members one request may add or remove.
	MaxMembers int `yaml:"max_members_per_request"`
	// Changes is how resources are changed: as the server says and takes it, by PATCH
	// alone, or by replacing them whole.
	Changes string `yaml:"changes"`
	// MembersRead is where members are seen: in the list of groups, in each group, or
	// only by asking which groups an account is in.
	MembersRead string `yaml:"members_read"`
	// MemberRemoval names a member that goes in the path or in the value.
	MemberRemoval string `yaml:"member_removal"`
	// MemberType says of each member that is added that it is a user.
	MemberType string `yaml:"member_type"`
	// BeforeAdd is whether to look before adding, for servers that have a member twice
	// when it is added twice.
	BeforeAdd string `yaml:"before_add"`
	// Paging is by index (RFC 7644) or by cursor (RFC 9865).
	Paging string `yaml:"paging"`
	// OpCase is how operations of a PATCH are written.
	OpCase string `yaml:"op_case"`
	// UserDelete is whether users can be deleted; elsewhere they are disabled.
	UserDelete string `yaml:"user_delete"`
	// ExternalID is what goes into externalId of what is created.
	ExternalID string `yaml:"external_id"`
	// ContentType is sent and asked for.
	ContentType string `yaml:"content_type"`
	// ServiceDocument is where the server says what it can do.
	ServiceDocument string `yaml:"service_document"`
}

// The values of habits.
const (
	learned, byPatch, byPut      = "learned", "patch", "put"
	inLists, inGroups, byAccount = "lists", "groups", "accounts"
	inPath, inValue              = "path", "value"
	none, asUser, fromName       = "none", "user", "name"
	trusting, looking            = "trust", "look"
	byIndex, byCursor            = "index", "cursor"
	lowerCase, titleCase         = "lower", "title"
	allowed, never               = "allowed", "never"
	scimMedia, jsonMedia         = "application/scim+json", "application/json"
)

// What requests are charged to.
const (
	userReads, userWrites   = "user-reads", "user-writes"
	groupReads, groupWrites = "group-reads", "group-writes"
)

// What holds where neither the configuration nor the dialect says otherwise.
const (
	generic        = "generic"
	defaultPage    = 100
	defaultMembers = 100
	maxBatch       = 500
)

// dialect is what is known of one vendor's server.
type dialect struct {
	habits Habits
	// url is the vendor's base URL where all customers have the same, and like what
	// one's own looks like.
	url, like string
	limits    []ratelimit.Limit
	// mapping is which attributes the vendor has; nil for the usual ones.
	mapping []targets.Mapping
}

// rfc is how a server is that keeps to the RFCs.
func rfc() Habits {
	return Habits{
		PageSize: defaultPage, MaxMembers: defaultMembers, Changes: learned, MembersRead: inLists, MemberRemoval: inPath,
		MemberType: none, BeforeAdd: trusting, Paging: byIndex, OpCase: lowerCase, UserDelete: allowed, ExternalID: none,
		ContentType: scimMedia, ServiceDocument: "/ServiceProviderConfig",
	}
}

// dialects are the servers that are known. docs/targets-scim.md says where each fact is
// from.
func dialects() map[string]dialect {
	return map[string]dialect{
		generic: {habits: rfc()},
		"aws-identity-center": {
			habits: otherwise(Habits{MembersRead: byAccount, MemberRemoval: inValue, Paging: byCursor, Changes: byPatch}),
			like:   "https://scim.REGION.amazonaws.com/TENANT/scim/v2",
		},
		"slack": {
			habits: otherwise(Habits{UserDelete: never}),
			url:    "https://api.slack.com/scim/v2",
			limits: []ratelimit.Limit{
				{Scope: userReads, Tokens: 1000, Per: time.Minute}, {Scope: groupReads, Tokens: 300, Per: time.Minute},
				{Scope: userWrites, Tokens: 180, Per: time.Minute}, {Scope: groupWrites, Tokens: 180, Per: time.Minute},
			},
		},
		"atlassian": {
			habits: otherwise(Habits{UserDelete: never}),
			like:   "https://api.atlassian.com/scim/directory/DIRECTORY",
		},
		"github-enterprise": {
			habits:  otherwise(Habits{MembersRead: inGroups, UserDelete: never, ExternalID: fromName, ContentType: jsonMedia}),
			like:    "https://api.github.com/scim/v2/enterprises/ENTERPRISE",
			limits:  []ratelimit.Limit{{Scope: userWrites, Tokens: 1000, Per: time.Hour}},
			mapping: peopleOnly(),
		},
		"salesforce": {
			habits: otherwise(Habits{UserDelete: never, ServiceDocument: "/ServiceProviderConfigs"}),
			like:   "https://DOMAIN.my.salesforce.com/services/scim/v2",
		},
		"databricks": {
			habits:  otherwise(Habits{}),
			like:    "https://accounts.cloud.databricks.com/api/2.1/accounts/ACCOUNT/scim/v2",
			mapping: peopleOnly(),
		},
	}
}

// peopleOnly is the attributes of a server that knows people's names and addresses, and
// nothing about their work.
func peopleOnly() []targets.Mapping {
	return []targets.Mapping{
		{To: "displayName", From: identity.AttrDisplayName},
		{To: "name.givenName", From: identity.AttrGivenName},
		{To: "name.familyName", From: identity.AttrFamilyName},
		{To: `emails[type eq "work"].value`, From: identity.AttrEmail},
	}
}

// otherwise is how a server is that differs from the RFCs in h.
func otherwise(h Habits) Habits { return h.over(rfc()) }

// over returns what h says, and what base says where h is silent.
func (h Habits) over(base Habits) Habits {
	for _, n := range h.numbers(&base) {
		if n.ours != 0 {
			*n.into = n.ours
		}
	}
	for _, w := range h.words(&base) {
		if w.ours != "" {
			*w.into = w.ours
		}
	}
	return base
}

// number is a key that is a size.
type number struct {
	key  string
	ours int
	into *int
}

func (h Habits) numbers(into *Habits) []number {
	return []number{
		{"page_size", h.PageSize, &into.PageSize}, {"max_members_per_request", h.MaxMembers, &into.MaxMembers},
	}
}

// word is a key with a choice of values; nil for any.
type word struct {
	key    string
	ours   string
	into   *string
	choice []string
}

func (h Habits) words(into *Habits) []word {
	return []word{
		{"changes", h.Changes, &into.Changes, []string{learned, byPatch, byPut}},
		{"members_read", h.MembersRead, &into.MembersRead, []string{inLists, inGroups, byAccount}},
		{"member_removal", h.MemberRemoval, &into.MemberRemoval, []string{inPath, inValue}},
		{"member_type", h.MemberType, &into.MemberType, []string{none, asUser}},
		{"before_add", h.BeforeAdd, &into.BeforeAdd, []string{trusting, looking}},
		{"paging", h.Paging, &into.Paging, []string{byIndex, byCursor}},
		{"op_case", h.OpCase, &into.OpCase, []string{lowerCase, titleCase}},
		{"user_delete", h.UserDelete, &into.UserDelete, []string{allowed, never}},
		{"external_id", h.ExternalID, &into.ExternalID, []string{none, fromName}},
		{"content_type", h.ContentType, &into.ContentType, []string{scimMedia, jsonMedia}},
		{"service_document", h.ServiceDocument, &into.ServiceDocument, nil},
	}
}

// validate returns what is wrong with the keys.
func (h Habits) validate() []error {
	var faults []error
	for _, n := range h.numbers(new(Habits)) {
		if n.ours < 0 {
			faults = append(faults, fmt.Errorf("%s: %d is negative: leave it out for the default", n.key, n.ours))
		}
	}
	for _, w := range h.words(new(Habits)) {
		if w.ours != "" && w.choice != nil && !slices.Contains(w.choice, w.ours) {
			faults = append(faults, fmt.Errorf("%s: %q is none of %s", w.key, w.ours, strings.Join(w.choice, ", ")))
		}
	}
	if d := h.ServiceDocument; d != "" && !strings.HasPrefix(d, "/") {
		faults = append(faults, fmt.Errorf("service_document: %q: write the path that follows url, such as /ServiceProviderConfig", d))
	}
	return faults
}

// speak returns the dialect called word.
func speak(word string) (dialect, error) {
	if word == "" {
		word = generic
	}
	all := dialects()
	if d, ok := all[word]; ok {
		return d, nil
	}
	return dialect{}, fmt.Errorf("dialect: %q is none of %s", word, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
}
