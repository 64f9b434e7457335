package trial

import (
	"context"
	"time"

	"birthright/rules"
	"birthright/rules/analysis"
)

// Verdict is what is known of a policy by itself, and of its tests.
type Verdict struct {
	Constraints int                    `json:"constraints"`
	Files       int                    `json:"files"`
	Findings    []analysis.Finding     `json:"findings"`
	Groups      int                    `json:"groups"`
	Hash        string                 `json:"hash"`
	OK          bool                   `json:"ok"`
	Properties  []rules.PropertyResult `json:"properties"`
	Rules       int                    `json:"rules"`
	Templates   int                    `json:"templates"`
	Tests       []rules.TestResult     `json:"tests"`
	Version     string                 `json:"version"`
	Warnings    []string               `json:"warnings"`
}

// Judgement says how a policy is judged.
type Judgement struct {
	// Files is how many files the policy has.
	Files    int
	Editable analysis.Editable
	Now      time.Time
	// Strict fails it for warnings, too.
	Strict bool
	// Live are findings about the people in the directory.
	Live []analysis.Finding
}

// Judge looks at a policy without anybody.
func Judge(e *rules.Engine, j Judgement) Verdict {
	p := e.Policy()
	v := Verdict{
		Constraints: len(p.Constraints), Files: j.Files, Groups: len(p.Groups), Hash: p.Hash, Rules: len(p.Rules),
		Templates: len(p.Templates), Version: p.Version, Tests: e.RunTests(), Warnings: []string{},
		Properties: Properties(e).Results,
		Findings:   append(append([]analysis.Finding{}, analysis.Run(e, analysis.Options{Now: j.Now, Editable: j.Editable})...), j.Live...),
	}
	for _, w := range p.Warnings {
		v.Warnings = append(v.Warnings, w.Error())
	}
	counts := v.Counts()
	v.OK = !failing(v.Tests, v.Properties) && counts[analysis.Error] == 0 && (!j.Strict || counts[analysis.Warning] == 0)
	return v
}

// Counts are the findings by severity.
func (v *Verdict) Counts() map[analysis.Severity]int {
	counts := map[analysis.Severity]int{}
	for _, f := range v.Findings {
		counts[f.Severity]++
	}
	return counts
}

// Live finds what is wrong with a policy for the people in the directory.
func Live(ctx context.Context, d Directory, e *rules.Engine) ([]analysis.Finding, error) {
	crowd, err := d.Crowd(ctx, nil, e)
	if err != nil {
		return nil, err
	}
	known, err := d.states(ctx, analysis.Names(e.Policy()))
	return analysis.Live(e, analysis.Directory{Everyone: e.Everyone(crowd.Population, crowd.World), State: known}), err
}
