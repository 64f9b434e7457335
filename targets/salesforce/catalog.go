package salesforce

import (
	"context"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// sort is what a kind of entitlement is to Salesforce.
type sort struct {
	kind, object string
	// name is the field that the address is made of, title what people read.
	name, title string
	// spaced is true where packages put a word before the name.
	spaced bool
	where  string
}

// sorts are the kinds in the order in which they are read.
func sorts() []sort {
	return []sort{
		{PermissionSet, "PermissionSet", "Name", "Label", true, "IsOwnedByProfile = false"},
		{PermissionSetGroup, "PermissionSetGroup", "DeveloperName", "MasterLabel", true, ""},
		{Profile, "Profile", "Name", "Name", false, ""},
		{PublicGroup, "Group", "DeveloperName", "Name", false, "Type = 'Regular'"},
	}
}

// thing is what can be given.
type thing struct{ kind, id, name, title string }

// catalog reads what there is of a kind; names, if not nil, limits it.
func (t *Target) catalog(ctx context.Context, s sort, names []string, take func(thing) error) error {
	fields := "Id, " + s.name
	if s.title != s.name {
		fields += ", " + s.title
	}
	if s.spaced {
		fields += ", NamespacePrefix"
	}
	if s.kind == PermissionSet {
		fields += ", Type"
	}
	pass := func(r record) error {
		if text(r, "Type") == "Group" {
			return nil // what a permission set group comes to: it is given as the group
		}
		name := text(r, s.name)
		if space := text(r, "NamespacePrefix"); space != "" {
			name = space + "__" + name
		}
		return take(thing{s.kind, text(r, "Id"), name, text(r, s.title)})
	}
	if names == nil {
		return t.query(ctx, fields, s.object, s.where, pass)
	}
	return t.named(ctx, s, fields, names, pass)
}

// named reads those of the names. What a package calls ours__Name is Name there.
func (t *Target) named(ctx context.Context, s sort, fields string, names []string, pass func(record) error) error {
	var bare []string
	for _, n := range names {
		bare = append(bare, n)
		if _, rest, ok := strings.Cut(n, "__"); ok && s.spaced {
			bare = append(bare, rest)
		}
	}
	for _, part := range portions(bare) {
		where := within(s.name, part)
		if s.where != "" {
			where += " AND " + s.where
		}
		if err := t.query(ctx, fields, s.object, where, pass); err != nil {
			return err
		}
	}
	return nil
}

// things are what can be given, by id and by address.
type things struct {
	byID map[string]thing
	at   map[identity.Entitlement]thing
}

// find reads the named entitlements; nil means all. SOQL compares without letter case:
// what has the name but for that is another.
func (t *Target) find(ctx context.Context, wanted []identity.Entitlement, each func(thing) error) (things, error) {
	out := things{byID: map[string]thing{}, at: map[identity.Entitlement]thing{}}
	for _, s := range sorts() {
		var names []string
		asked := map[string]bool{}
		for _, e := range wanted {
			if e.Target == t.name && e.Kind == s.kind && !asked[e.ID] {
				asked[e.ID] = true
				names = append(names, e.ID)
			}
		}
		if wanted != nil && names == nil {
			continue
		}
		err := t.catalog(ctx, s, names, func(x thing) error {
			_, twice := out.byID[x.id]
			if twice || wanted != nil && !asked[x.name] {
				return nil
			}
			out.byID[x.id], out.at[t.entitlement(x)] = x, x
			return each(x)
		})
		if err != nil {
			return things{}, err
		}
	}
	return out, nil
}

func (t *Target) entitlement(x thing) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: x.kind, ID: x.name}
}

// shown is x as a read hands it out; false where it is none: everybody falls back to the
// default profile, which is nobody's to give.
func (t *Target) shown(x thing) (targets.Entitlement, bool) {
	fallback := t.settings.DefaultProfile
	return targets.Entitlement{Address: t.entitlement(x), Title: x.title, ReadOnly: x.kind == Profile && fallback == ""},
		x.kind != Profile || x.name != fallback
}
