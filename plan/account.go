package plan

import (
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// completed is the wanted account with, where the hub has no value for an
// attribute, the value that the account has: targets take the attributes of an
// update as all there are, and the hub clears nothing that it knows nothing about.
func completed(want, have targets.Account, caps targets.Capabilities) targets.Account {
	want.ID, want.Active = have.ID, have.Active
	attributes := want.Attributes.Clone()
	for _, name := range caps.Attributes {
		if values := have.Attributes[name]; len(attributes[name]) == 0 && len(values) > 0 {
			attributes[name] = values
		}
	}
	want.Attributes = attributes
	return want
}

// Differs reports whether the account on the target must be updated to be what
// is wanted. Only attributes that the target keeps are compared, and an
// attribute that the hub has no value for is left as it is: the hub clears
// nothing that it knows nothing about.
func Differs(want, have targets.Account, caps targets.Capabilities) bool {
	if want.Name != have.Name && !(caps.FoldNames && strings.EqualFold(want.Name, have.Name)) {
		return true
	}
	for _, name := range caps.Attributes {
		if values := want.Attributes[name]; len(values) > 0 && !slices.Equal(values, have.Attributes[name]) {
			return true
		}
	}
	return false
}

// Strangers decides about one account that belongs to no user of the hub:
// holdings are the entitlements that it has. Of what the policy does not give, only
// that matters which somebody ordered to go.
func Strangers(s Settings, account targets.Account, holdings []Holding, names Lookup) ([]Change, []Drift) {
	var changes []Change
	var drift []Drift
	take := func(e identity.Entitlement, why []identity.Cause, ordered bool) {
		changes = append(changes, Change{
			ID: changeID(s.Target, targets.Remove, "account "+account.ID, e), Target: s.Target, Action: targets.Remove,
			Account: account, Entitlement: e, Causes: why, Ordered: ordered,
		})
	}
	for _, h := range holdings {
		e := names.Entitlement(h.Entitlement)
		if h.Present && !h.Indirect && len(h.Ordered) > 0 {
			take(e, h.Ordered, true)
			continue
		}
		if !h.Present || s.unmanaged() == Ignore || !names.Governed(h.Entitlement) {
			continue
		}
		drift = append(drift, Drift{Kind: Unmanaged, Target: s.Target, Account: account.Name, Entitlement: e})
		if s.unmanaged() == RemoveUnmanaged && !h.Indirect {
			take(e, unmanagedCause(), false)
		}
	}
	return changes, drift
}

// Missing returns the steps that make the entitlements which changes add to and
// the target does not have yet, each once. Changes must be in order: the first
// one that needs an entitlement is its cause.
func Missing(s Settings, changes []Change, exists func(Change) bool) []Change {
	if s.Capabilities.ImplicitEntitlements {
		return nil
	}
	var out []Change
	seen := map[string]bool{}
	for _, c := range changes {
		if c.Action != targets.Add || exists(c) {
			continue
		}
		id := changeID(s.Target, targets.CreateEntitlement, "", c.Entitlement)
		if seen[id] {
			continue
		}
		seen[id] = true
		out = append(out, Change{
			ID: id, Target: s.Target, Action: targets.CreateEntitlement, Entitlement: c.Entitlement,
			Causes: c.Causes, Ordered: true,
		})
	}
	return out
}
