package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/config"
)

// Traces go where the file says, else where OpenTelemetry's own variables do.
func TestWhereTracesGo(t *testing.T) {
	const all, alone = "OTEL_EXPORTER_OTLP_ENDPOINT=http://all:4318/otlp/", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://alone:4318/spans"
	for name, c := range map[string]struct {
		file string
		env  []string
		want config.Telemetry
	}{
		"nowhere":             {"", []string{"OTEL_EXPORTER_OTLP_ENDPOINT="}, config.Telemetry{Sample: 0.1}},
		"the file":            {"telemetry: {otlp_endpoint: 'http://file:4318', sample: 1}", []string{all, alone}, config.Telemetry{"http://file:4318", 1, "http://file:4318/v1/traces"}},
		"the file, with path": {"telemetry: {otlp_endpoint: 'http://file:4318/v1/traces/'}", nil, config.Telemetry{"http://file:4318/v1/traces/", 0.1, "http://file:4318/v1/traces"}},
		"for all signals":     {"telemetry: {sample: 0}", []string{all}, config.Telemetry{"", 0, "http://all:4318/otlp/v1/traces"}},
		"for traces alone":    {"", []string{alone, all}, config.Telemetry{"", 0.1, "http://alone:4318/spans"}},
		"for both":            {"", []string{all, alone}, config.Telemetry{"", 0.1, "http://alone:4318/spans"}},
		"of the hub's own":    {"", []string{all, "BIRTHRIGHT_TELEMETRY_OTLP_ENDPOINT=http://own:4318"}, config.Telemetry{"http://own:4318", 0.1, "http://own:4318/v1/traces"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, load(t, write(t, c.file), c.env...).Telemetry); diff != "" {
				t.Error(diff)
			}
		})
	}
}
