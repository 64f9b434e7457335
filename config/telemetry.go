package config

import (
	"strings"

	"birthright/internal/strictyaml"
)

// Telemetry is what the hub tells of its own work, besides the log and /metrics.
type Telemetry struct {
	// OTLPEndpoint is the address of a collector that takes OTLP over HTTP, without
	// the path /v1/traces; empty for what the standard variables
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT say. Nothing
	// is traced where none of them is set.
	OTLPEndpoint string `yaml:"otlp_endpoint"`
	// Sample is the share of traces that is recorded, 0 to 1. The default is 0.1.
	Sample float64 `yaml:"sample"`
	// TracesURL is where traces go by all of that, "" for nowhere.
	TracesURL string `yaml:"-"`
}

// The standard variables of OpenTelemetry that say where traces go: all that is told, at
// paths of its own below the address, and traces alone, at that very address.
const (
	otlpVariable       = "OTEL_EXPORTER_OTLP_ENDPOINT"
	otlpTracesVariable = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	otlpTracesPath     = "/v1/traces"
	otlpExample        = "http://collector.example.com:4318"
)

// telemetry works out where traces go.
func (l *loader) telemetry(env []string) {
	t := &l.cfg.Telemetry
	if s := t.Sample; s < 0 || s > 1 {
		l.fault("telemetry.sample", "%v is not a share from 0 to 1", s)
	}
	if t.OTLPEndpoint != "" {
		l.checkURL("telemetry.otlp_endpoint", t.OTLPEndpoint, otlpExample)
		t.TracesURL = belowCollector(t.OTLPEndpoint)
		return
	}
	for _, entry := range env {
		name, address, _ := strings.Cut(entry, "=")
		switch {
		case address == "":
		case name == otlpTracesVariable:
			l.checkVariable(name, address)
			t.TracesURL = address
		case name == otlpVariable:
			l.checkVariable(name, address)
			if t.TracesURL == "" {
				t.TracesURL = belowCollector(address)
			}
		}
	}
}

// belowCollector is where a collector takes traces.
func belowCollector(address string) string {
	return strings.TrimSuffix(strings.TrimRight(address, "/"), otlpTracesPath) + otlpTracesPath
}

// checkVariable is checkURL for a variable that stands for no key.
func (l *loader) checkVariable(name, address string) {
	if fault := urlFault(address, otlpExample); fault != "" {
		l.faults = append(l.faults, strictyaml.Fault{File: variableLabel + name, Path: name, Message: fault})
	}
}
