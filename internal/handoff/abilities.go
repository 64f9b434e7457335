package handoff

import (
	"fmt"
	"slices"

	"birthright/targets"
)

// Abilities are what a receiver can do: in the configuration, because a plan must be
// possible while it is down, and in its description, against which they are checked.
type Abilities struct {
	// Kinds are its kinds of entitlement; none means any.
	Kinds []string `yaml:"kinds" json:"kinds,omitempty"`
	// Actions are what it understands besides add and remove.
	Actions []string `yaml:"actions" json:"actions,omitempty"`
	// ImplicitAccounts is true where an account is there by holding something.
	ImplicitAccounts bool `yaml:"implicit_accounts" json:"implicit_accounts,omitempty"`
	// ImplicitEntitlements is the same of entitlements.
	ImplicitEntitlements bool `yaml:"implicit_entitlements" json:"implicit_entitlements,omitempty"`
	// FoldNames is true where names that differ only in letter case are the same.
	FoldNames bool `yaml:"fold_names" json:"fold_names,omitempty"`
	// Ends is true where the receiver itself ends access at not_after.
	Ends bool `yaml:"ends_access" json:"ends_access,omitempty"`
	// LastUsed is true where the receiver tells when accounts were last used.
	LastUsed bool `yaml:"last_used" json:"last_used,omitempty"`
}

// actions are those that a receiver may understand besides add and remove.
var actions = []targets.Action{
	targets.CreateAccount, targets.UpdateAccount, targets.DisableAccount, targets.DeleteAccount, targets.CreateEntitlement,
}

// Validate returns every fault of the keys.
func (a Abilities) Validate() []error {
	var faults []error
	for i, name := range a.Actions {
		if !slices.Contains(actions, targets.Action(name)) {
			faults = append(faults, fmt.Errorf("actions[%d]: %q is none: choose of %q; add and remove are always understood", i, name, actions))
		}
	}
	for i, kind := range a.Kinds {
		if kind == "" {
			faults = append(faults, fmt.Errorf("kinds[%d] is empty", i))
		}
	}
	return faults
}

func (a Abilities) can(action targets.Action) bool { return slices.Contains(a.Actions, string(action)) }

// Understands reports whether the action may be asked for. What can be disabled can be
// enabled.
func (a Abilities) Understands(action targets.Action) bool {
	if action == targets.EnableAccount {
		action = targets.DisableAccount
	}
	return action == targets.Add || action == targets.Remove || a.can(action)
}

// Knows reports whether the kind is one of the receiver's.
func (a Abilities) Knows(kind string) bool {
	return len(a.Kinds) == 0 || slices.Contains(a.Kinds, kind)
}

// Capabilities says what may be asked of the target.
func (a Abilities) Capabilities() targets.Capabilities {
	return targets.Capabilities{
		Kinds:          a.Kinds,
		CreateAccounts: a.can(targets.CreateAccount), UpdateAccounts: a.can(targets.UpdateAccount),
		DisableAccounts: a.can(targets.DisableAccount), DeleteAccounts: a.can(targets.DeleteAccount),
		CreateEntitlements: a.can(targets.CreateEntitlement),
		ImplicitAccounts:   a.ImplicitAccounts, ImplicitEntitlements: a.ImplicitEntitlements,
		FoldNames: a.FoldNames, NativeExpiry: a.Ends, LastUsed: a.LastUsed,
	}
}

// differences says, in words, what a receiver says of itself that is not configured.
func (a Abilities) differences(d Abilities) []string {
	var out []string
	for _, action := range a.Actions {
		if !slices.Contains(d.Actions, action) {
			out = append(out, "actions: the receiver does not understand "+action)
		}
	}
	for _, kind := range a.Kinds {
		if !d.Knows(kind) {
			out = append(out, "kinds: the receiver does not know "+kind)
		}
	}
	for _, f := range []struct {
		key        string
		ours, said bool
	}{
		{"implicit_accounts", a.ImplicitAccounts, d.ImplicitAccounts}, {"implicit_entitlements", a.ImplicitEntitlements, d.ImplicitEntitlements},
		{"fold_names", a.FoldNames, d.FoldNames}, {"ends_access", a.Ends, d.Ends}, {"last_used", a.LastUsed, d.LastUsed},
	} {
		if f.ours != f.said {
			out = append(out, fmt.Sprintf("%s: configured is %v, the receiver says %v", f.key, f.ours, f.said))
		}
	}
	return out
}
