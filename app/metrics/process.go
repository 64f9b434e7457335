package metrics

import "github.com/prometheus/client_golang/prometheus"

// ofProcess tells what needs no database, and is there when it is not.
type ofProcess struct{ o Options }

var (
	buildInfo    = prometheus.NewDesc("birthright_build_info", "Which program it is; the value is 1.", []string{"version", "revision", "goversion"}, nil)
	policyInfo   = prometheus.NewDesc("birthright_policy_info", "The version of the policy in force; the value is 1.", []string{"version"}, nil)
	policyLoaded = prometheus.NewDesc("birthright_policy_loaded_timestamp_seconds", "When the policy in force was read.", nil, nil)
	policyFailed = prometheus.NewDesc("birthright_policy_reload_failed", "1 while the last reload of the policy failed and the one before it stays in force.", nil, nil)
)

// Describe implements prometheus.Collector.
func (p *ofProcess) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{buildInfo, policyInfo, policyLoaded, policyFailed} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (p *ofProcess) Collect(ch chan<- prometheus.Metric) {
	policy, build := p.o.Policy(), p.o.Build
	for _, s := range []sample{
		{buildInfo, 1, []string{build.Version, build.Revision, build.Go}},
		{policyInfo, 1, []string{policy.Version}},
		{policyLoaded, float64(policy.Loaded.Unix()), nil},
		{policyFailed, truth(policy.Refused), nil},
	} {
		ch <- s.metric()
	}
}

// sample is one figure with its labels.
type sample struct {
	of     *prometheus.Desc
	value  float64
	labels []string
}

func (s sample) metric() prometheus.Metric {
	return prometheus.MustNewConstMetric(s.of, prometheus.GaugeValue, s.value, s.labels...)
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
