package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// patience is how long work may take before its progress is shown.
const patience = time.Second

// progress shows how far long work is: one line for each subject, on a terminal
// only. The nil progress shows nothing.
type progress struct {
	err   io.Writer
	start time.Time

	mu   sync.Mutex
	bars *mpb.Progress
	by   map[string]*mpb.Bar
	text map[string]*atomic.Value
}

func newProgress(err io.Writer, quiet bool) *progress {
	file, ok := err.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(file.Fd())) {
		return &progress{err: err}
	}
	return &progress{err: err, start: time.Now(), by: map[string]*mpb.Bar{}, text: map[string]*atomic.Value{}}
}

// above is where to write lines so that they do not tear the bars.
func (p *progress) above() io.Writer {
	if p == nil {
		return os.Stderr
	}
	return p.err
}

// step notes that subject is at done of total; total is 0 when unknown.
func (p *progress) step(subject, what string, done, total int) {
	if p == nil || p.by == nil || time.Since(p.start) < patience {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars == nil {
		p.bars = mpb.New(mpb.WithOutput(p.err), mpb.WithWidth(40))
	}
	bar, ok := p.by[subject]
	if !ok {
		text := new(atomic.Value)
		text.Store("")
		p.text[subject] = text
		bar = p.bars.AddBar(0, mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return text.Load().(string) }, decor.WC{W: 34, C: decor.DindentRight})),
			mpb.AppendDecorators(decor.CountersNoUnit("%d / %d")))
		p.by[subject] = bar
	}
	label := what
	if subject != "" {
		label = subject + ": " + what
	}
	p.text[subject].Store(fmt.Sprintf("%-34s", label))
	bar.SetTotal(int64(max(total, done)), false)
	bar.SetCurrent(int64(done))
}

// stop takes the bars away.
func (p *progress) stop() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, bar := range p.by {
		bar.Abort(true)
	}
	if p.bars != nil {
		p.bars.Wait()
		p.bars = nil
	}
	p.by = nil
}
