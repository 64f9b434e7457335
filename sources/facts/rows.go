package facts

import (
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// row is one shift or ticket as it is written.
type row struct {
	Kind   string `yaml:"kind"`
	Name   string `yaml:"name"`
	Key    string `yaml:"key"`
	Person string `yaml:"person"`
	Start  string `yaml:"start"`
	End    string `yaml:"end"`

	// at returns where the value of a key stands, or the row where there is none.
	at func(key string) strictyaml.Position
}

// understood makes facts of rows, or tells all that is wrong with them.
func understood(file string, rows []row) ([]identity.Fact, strictyaml.Faults) {
	facts := make([]identity.Fact, 0, len(rows))
	taken := map[string]int{} // line, by kind and key
	var faults strictyaml.Faults
	for _, r := range rows {
		wrong := func(key, message string) {
			at := r.at(key)
			faults = append(faults, strictyaml.Fault{File: file, Line: at.Line, Column: at.Column, Message: message})
		}
		f := r.fact(wrong)
		if line, twice := taken[f.Kind+" "+f.Key]; twice {
			wrong("key", "this "+f.Kind+" is there already, on line "+itoa(line)+": give each a key of its own")
		}
		taken[f.Kind+" "+f.Key] = r.at("").Line
		facts = append(facts, f)
	}
	return facts, faults
}

// fact is what the row says; wrong hears what cannot be meant.
func (r row) fact(wrong func(key, message string)) identity.Fact {
	f := identity.Fact{Kind: trim(r.Kind), Name: trim(r.Name), Key: trim(r.Key), Person: trim(r.Person)}
	switch {
	case f.Kind == "":
		wrong("kind", "kind is missing: write shift or ticket")
	case f.Kind != identity.FactShift && f.Kind != identity.FactTicket:
		wrong("kind", quoted(f.Kind)+" is no kind of fact: write shift or ticket")
	}
	if f.Name == "" {
		wrong("name", "name is missing: the schedule or queue, as policies name it")
	}
	if f.Person == "" {
		wrong("person", "person is missing: say who, by the attribute that the source matches by")
	}
	f.Start, f.End = r.time("start", r.Start, wrong), r.time("end", r.End, wrong)
	switch {
	case f.Kind == identity.FactShift && trim(r.Start) == "":
		wrong("start", "start is missing: a shift begins at a time like 2026-03-31T18:00:00Z")
	case !f.End.IsZero() && !f.Start.Before(f.End):
		wrong("end", "the end is not after the start")
	}
	if f.Key == "" {
		f.Key = strings.Join([]string{f.Name, f.Person, trim(r.Start)}, "/")
	}
	return f
}

// time reads a time with its zone. A date alone is refused: it could mean when
// the day begins, or when it is over.
func (r row) time(key, text string, wrong func(key, message string)) time.Time {
	if text = trim(text); text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		wrong(key, quoted(text)+" is not a time: write it like 2026-03-31T18:00:00Z or 2026-03-31T18:00:00+02:00")
		return time.Time{}
	}
	return t.UTC()
}

func trim(text string) string { return strings.TrimSpace(text) }
