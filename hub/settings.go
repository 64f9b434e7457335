package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/sources"
)

// TargetSetting is what the configuration says of a target and the run need not know.
type TargetSetting struct {
	Kind      string
	Simulated bool
}

// SourceSetting is what the configuration says of a source.
type SourceSetting struct {
	Name, Kind, Schedule string
	// Pushes is set for one that pushes and cannot be read, Facts for one that tells
	// shifts and tickets instead of people.
	Pushes, Facts bool
	// Inspect is how many conversations with one that pushes are kept.
	Inspect int
	// Dialect is in whose dialect it pushes, "" for nobody's in particular.
	Dialect string
	// Adapter is asked whether it can be reached.
	Adapter interface {
		Probe(ctx context.Context) (sources.Report, error)
	}
}

// destination finds a configured target; kind NotFound where there is none.
func (h *Hub) destination(name string) (reconcile.Destination, error) {
	for _, d := range h.Runner.Destinations {
		if d.Name() == name {
			return d, nil
		}
	}
	return reconcile.Destination{}, &identity.Error{
		Kind: identity.NotFound, Err: fmt.Errorf("there is no target %q", name), Hint: configured(h.Targets),
	}
}

// destinations finds targets by name, all where none is named.
func (h *Hub) destinations(names []string) ([]reconcile.Destination, error) {
	if len(names) == 0 {
		return h.Runner.Destinations, nil
	}
	var out []reconcile.Destination
	for _, name := range names {
		d, err := h.destination(name)
		if err != nil {
			return nil, asField(err, "targets")
		}
		out = append(out, d)
	}
	return out, nil
}

// source finds a configured source; kind NotFound where there is none.
func (h *Hub) source(name string) (SourceSetting, error) {
	i := slices.IndexFunc(h.Sources, func(s SourceSetting) bool { return s.Name == name })
	if i >= 0 {
		return h.Sources[i], nil
	}
	names := make([]string, len(h.Sources))
	for i, s := range h.Sources {
		names[i] = s.Name
	}
	return SourceSetting{}, &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("there is no source %q", name), Hint: configured(names)}
}

// chosenSources finds sources by name, all where none is named.
func (h *Hub) chosenSources(names []string) ([]SourceSetting, error) {
	if len(names) == 0 {
		return h.Sources, nil
	}
	var out []SourceSetting
	for _, name := range names {
		s, err := h.source(name)
		if err != nil {
			return nil, asField(err, "sources")
		}
		out = append(out, s)
	}
	return out, nil
}

// asField says that what was not found stands in a field of what was asked.
func asField(err error, field string) error {
	var e *identity.Error
	if !errors.As(err, &e) {
		return err
	}
	wrong := *e
	wrong.Kind, wrong.Field = identity.Invalid, field
	return &wrong
}

// configured lists what there is to choose from.
func configured(names []string) string {
	if len(names) == 0 {
		return "none is configured"
	}
	return "configured are: " + strings.Join(names, ", ")
}
