package config

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"birthright/internal/strictyaml"
)

const (
	prefix        = "BIRTHRIGHT_"
	variableLabel = "environment variable "
)

// ProcessVariables are the environment variables that commands themselves take,
// besides those that stand for keys of the configuration.
func ProcessVariables() []string {
	return []string{
		"BIRTHRIGHT_AS", "BIRTHRIGHT_CONFIG", "BIRTHRIGHT_LOG_FORMAT", "BIRTHRIGHT_LOG_LEVEL", "BIRTHRIGHT_OUTPUT", "BIRTHRIGHT_QUIET",
		"BIRTHRIGHT_SERVER", "BIRTHRIGHT_TOKEN",
	}
}

// kubernetes matches what Kubernetes puts into the pods of a namespace that has
// a service called birthright or birthright-something.
var kubernetes = regexp.MustCompile(`^BIRTHRIGHT_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

// kubernetesURL matches the value of the one more such variable, …_PORT.
var kubernetesURL = regexp.MustCompile(`^(tcp|udp|sctp)://`)

// environment is the BIRTHRIGHT_ part of the process's environment. An empty
// variable counts as unset.
type environment struct {
	values  map[string]string
	claimed map[string]string // variable → path of the key that it stands for
	origins map[string]string // path → variable that set it
	// uncertain holds the beginnings of names that cannot be judged, because
	// the part of the file that they belong to cannot be read.
	uncertain []string
}

func newEnvironment(env []string) *environment {
	e := &environment{values: map[string]string{}, claimed: map[string]string{}, origins: map[string]string{}}
	for _, entry := range env {
		if name, value, ok := strings.Cut(entry, "="); ok && value != "" && strings.HasPrefix(name, prefix) {
			e.values[name] = value
		}
	}
	return e
}

// origin returns the variable that set the value at path or around it, "" if
// the file or a default did.
func (e *environment) origin(path string) string {
	for at := path; at != ""; at = strictyaml.Parent(at) {
		if name := e.origins[at]; name != "" {
			return name
		}
	}
	return ""
}

// override decodes the variable called name into the leaf that place returns
// and that stands at path. It reports whether there is such a variable.
func (e *environment) override(name, path string, place func() reflect.Value) (bool, strictyaml.Faults) {
	if other, taken := e.claimed[name]; taken && e.values[name] != "" {
		return false, strictyaml.Faults{{File: variableLabel + name, Path: path, Message: fmt.Sprintf("stands for both %s and %s; rename one of them, or set both in the file", other, path)}}
	}
	e.claimed[name] = path
	text, ok := e.values[name]
	if !ok {
		return false, nil
	}
	e.origins[path] = name
	out := place()
	fresh := reflect.New(out.Type())
	positions := strictyaml.NewPositions(variableLabel + name)
	faults := positions.Decode(path, node(text, out.Type()), fresh.Interface())
	for i := range faults {
		faults[i].Line, faults[i].Column = 0, 0
	}
	if len(faults) > 0 {
		return false, faults
	}
	out.Set(fresh.Elem())
	return true, nil
}

// node makes a variable's text a YAML node: a list for a list, split at commas
// or written in brackets; otherwise a scalar, a text wherever a text is wanted.
func node(text string, t reflect.Type) *yaml.Node {
	if t.Kind() == reflect.Slice && !plain(t) {
		if strings.HasPrefix(strings.TrimSpace(text), "[") {
			if list, faults := strictyaml.Parse("", []byte(text)); len(faults) == 0 {
				return list
			}
		}
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for part := range strings.SplitSeq(text, ",") {
			list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.TrimSpace(part)})
		}
		return list
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if n.ShortTag() == "!!null" || n.ShortTag() == "!!merge" {
		n.Tag = "!!str"
	}
	return n
}

// unknown returns a fault for each variable that stands for no key, except the
// process's own, Kubernetes's, and those that secrets are kept in.
func (e *environment) unknown(secrets map[string]bool) strictyaml.Faults {
	var faults strictyaml.Faults
	own := ProcessVariables()
	known := slices.Concat(own, slices.Sorted(maps.Keys(e.claimed)))
	for _, name := range slices.Sorted(maps.Keys(e.values)) {
		_, claimed := e.claimed[name]
		if claimed || secrets[name] || slices.Contains(own, name) || e.foreign(name) {
			continue
		}
		message := "stands for no key of the configuration"
		if near := strictyaml.Nearest(name, known); near != "" {
			message += "; did you mean " + near + "?"
		} else {
			message += "; unset it, or see docs/configuration.md for how keys become names"
		}
		faults = append(faults, strictyaml.Fault{File: variableLabel + name, Message: message})
	}
	return faults
}

// foreign reports whether a variable is somebody else's, or cannot be judged.
func (e *environment) foreign(name string) bool {
	if strings.HasPrefix(name, prefix+"TEST_") || kubernetes.MatchString(name) {
		return true
	}
	if strings.HasSuffix(name, "_PORT") && kubernetesURL.MatchString(e.values[name]) {
		return true
	}
	return slices.ContainsFunc(e.uncertain, func(start string) bool { return strings.HasPrefix(name, start) })
}

// variable returns the name that parts make: upper case, with underscores for
// everything that is no letter or digit.
func variable(parts ...string) string {
	name := strings.ToUpper(strings.Join(parts, "_"))
	return prefix + strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
}
