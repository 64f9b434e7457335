package app

import "github.com/prometheus/client_golang/prometheus"

// policyGauges tell of the policy of this process: they need no database, and
// are there when it is not.
type policyGauges struct{ app *App }

var (
	policyInfo   = prometheus.NewDesc("birthright_policy_info", "The version of the policy in force; the value is 1.", []string{"version"}, nil)
	policyLoaded = prometheus.NewDesc("birthright_policy_loaded_timestamp_seconds", "When the policy in force was read.", nil, nil)
	policyFailed = prometheus.NewDesc("birthright_policy_reload_failed", "1 while the last reload of the policy failed and the one before it stays in force.", nil, nil)
)

// Describe implements prometheus.Collector.
func (g *policyGauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{policyInfo, policyLoaded, policyFailed} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g *policyGauges) Collect(ch chan<- prometheus.Metric) {
	inForce, failed := g.app.policy.loaded.Load(), 0.0
	if g.app.policy.refusal.Load() != nil {
		failed = 1
	}
	ch <- prometheus.MustNewConstMetric(policyInfo, prometheus.GaugeValue, 1, inForce.version())
	ch <- prometheus.MustNewConstMetric(policyLoaded, prometheus.GaugeValue, float64(inForce.at.Unix()))
	ch <- prometheus.MustNewConstMetric(policyFailed, prometheus.GaugeValue, failed)
}
