package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews/evidence"
)

func (p *program) evidenceCommand() *cobra.Command {
	return p.family("evidence", "Archives that show an auditor who had what and why, and their check", reaching(p.evidenceMakeCommand()), p.evidenceVerifyCommand())
}

func (p *program) evidenceMakeCommand() *cobra.Command {
	var from, until string
	period := func(now time.Time) (a, b time.Time, err error) {
		if from == "" {
			return a, b, usageError{errors.New("--from TIME is missing: when does the period begin? RFC 3339, a date, or how long ago, such as 90d")}
		}
		a, errFrom := moment("from", strings.TrimPrefix(from, "-"), now)
		b, errUntil := moment("until", strings.TrimPrefix(until, "-"), now)
		if until == "" {
			b = now.UTC()
		}
		return a, b, errors.Join(errFrom, errUntil)
	}
	cmd := &cobra.Command{
		Use:   "make FILE",
		Short: "Write the evidence of a period into a new ZIP archive",
		Long: `Writes one archive with who there was, who was in which groups and why, what targets were
seen to give, requests, votes, grants, reviews, what was changed on targets, the policies in
force, the runs, and the part of the audit log that all this is found in again. The sum of
its manifest is written into the audit log. See docs/evidence.md.`,
		Args: takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			begin, end, err := period(time.Now())
			if err != nil {
				return err
			}
			if until == "" {
				end = time.Time{} // now is when the hub says so
			}
			e, err := makeEvidence(ctx, o, actor, begin, end, args[0])
			if err != nil {
				return err
			}
			if len(e.NotRead) > 0 {
				p.remark("Not read whole in this time: %s.", strings.Join(e.NotRead, ", "))
			}
			row := []string{e.File, timeText(e.From), timeText(e.Until), e.Manifest.String(), e.SHA256.String()}
			return p.print(listing{data: e, header: []string{"file", "from", "until", "manifest_sha256", "sha256"}, rows: [][]string{row}, text: evidenceText(e)})
		}, func(a *app.App, _ []string) error { _, _, err := period(a.Now()); return err }),
	}
	cmd.Flags().StringVar(&from, "from", "", "the period begins at this `TIME`: RFC 3339, a date, or how long ago, e.g. 90d")
	cmd.Flags().StringVar(&until, "until", "", "it ends before this `TIME` (default: now)")
	return cmd
}

// makeEvidence writes the archive of a period into a new file. Where it fails, there is
// none.
func makeEvidence(ctx context.Context, o office, actor approval.Actor, from, until time.Time, path string) (*hub.Evidence, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, &identity.Error{Kind: identity.Conflict, Op: "make evidence", Object: path, Err: os.ErrExist, Hint: "evidence is never written over; choose another name"}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".evidence-*") // only its owner reads it
	if err != nil {
		return nil, fmt.Errorf("make evidence: %w", err)
	}
	defer os.Remove(f.Name()) // what it was linked to stays
	e, err := o.Hub.Evidence(ctx, actor, from, until, filepath.Base(path), f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); err != nil { // what came meanwhile is not written over
		return nil, fmt.Errorf("make evidence: %w", err)
	}
	e.File = path
	return e, nil
}

func evidenceText(e *hub.Evidence) string {
	return fmt.Sprintf("%s: from %s until %s.\nSHA-256 of the manifest, also in the audit log: %s\n", e.File, timeText(e.From), timeText(e.Until), e.Manifest)
}

func (p *program) evidenceVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify FILE",
		Short: "Check an archive with nothing else at hand; says what is not as it was",
		Args:  takes(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			v, err := verifyEvidence(args[0])
			if err != nil {
				return fmt.Errorf("verify %s: %w", args[0], err)
			}
			return p.printEvidence(args[0], v)
		},
	}
}

func verifyEvidence(path string) (v evidence.Verdict, err error) {
	f, err := os.Open(path)
	if err != nil {
		return v, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return v, err
	}
	if !info.Mode().IsRegular() {
		return v, errors.New("it is no file that `birthright evidence make` wrote")
	}
	return evidence.Verify(f, info.Size())
}

func (p *program) printEvidence(path string, v evidence.Verdict) error {
	var b strings.Builder
	l := listing{data: v, header: []string{"file", "line", "fault"}}
	for _, f := range v.Faults {
		line := ""
		if f.Line > 0 {
			line = ":" + strconv.FormatInt(f.Line, 10)
		}
		fmt.Fprintf(&b, "BAD  %s%s  %s\n", visible(f.File), line, visible(f.What))
		l.rows = append(l.rows, []string{f.File, strings.TrimPrefix(line, ":"), f.What})
	}
	if v.More > 0 {
		fmt.Fprintf(&b, "and %d more\n", v.More)
	}
	word := "is whole, and agrees with its part of the audit log"
	if !v.OK {
		word = "is not as it was made"
	}
	fmt.Fprintf(&b, "%s %s: %d files, %d rows, from %s until %s.\nSHA-256 of the manifest: %s\n",
		path, word, v.Files, v.Rows, timeText(v.From), timeText(v.Until), v.Manifest)
	l.text = b.String()
	if err := p.print(l); err != nil {
		return err
	}
	if !v.OK {
		return codeError{code: exitFailed}
	}
	return nil
}
