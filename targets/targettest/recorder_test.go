package targettest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// recorder is a testing.TB that remembers failures instead of failing, so that
// a case that must fail can be watched doing so.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorder) Error(args ...any) { r.failures = append(r.failures, fmt.Sprint(args...)) }
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}
func (r *recorder) FailNow()             { r.Fatal("failed") }
func (r *recorder) Failed() bool         { return len(r.failures) > 0 }
func (r *recorder) Logf(string, ...any)  {}
func (r *recorder) Log(...any)           {}
func (r *recorder) Cleanup(f func())     { r.TB.Cleanup(f) }
func (r *recorder) String() string       { return strings.Join(r.failures, "\n") }
func (r *recorder) Skipf(string, ...any) { r.Fatal("skipped") }

// watch runs a case in a goroutine of its own, which Fatal may end, and returns
// its failures.
func watch(t *testing.T, c Case, p Peer) []string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				r.Errorf("panic: %v", v)
			}
		}()
		c.run(r, p)
	}()
	<-done
	return r.failures
}
