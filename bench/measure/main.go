package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

// Program is one measuring program.
type Program struct {
	// Run does the measuring and fills the report.
	Run func(ctx context.Context, r *Report) error
	// Tasks are what Run forks, by name.
	Tasks map[string]Task
}

// Task is work for a child process. args are whatever Fork was given.
type Task func(ctx context.Context, args []string) (Result, error)

// Result is what a task tells.
type Result struct {
	// Seconds is how long the measured part took.
	Seconds float64 `json:"seconds"`
	// Figures are other measurements, times in seconds.
	Figures map[string]float64 `json:"figures,omitempty"`
	// Counts are what was done, for the reader and for assertions.
	Counts map[string]int `json:"counts,omitempty"`
	// Peak is the most memory that the process ever held, in bytes, and CPU the
	// processor time that it took, in seconds.
	Peak int64   `json:"peak"`
	CPU  float64 `json:"-"`
}

// Since is a Result of the time since began.
func Since(began time.Time, counts map[string]int) Result {
	return Result{Seconds: time.Since(began).Seconds(), Counts: counts}
}

// TaskFlag is the first argument of a child process.
const TaskFlag = "-task"

// Main runs the program, or one task of it in a child, and returns the exit
// code: 0, or 1 where it failed or a ratio is above what is allowed.
func Main(p Program) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) > 2 && os.Args[1] == TaskFlag {
		return tell(p.Tasks[os.Args[2]], ctx, os.Args[3:])
	}
	r := &Report{}
	if err := p.Run(ctx, r); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	r.print(os.Stdout)
	if r.missed > 0 {
		return 1
	}
	return 0
}

// tell runs a task and writes its result where Fork reads it.
func tell(do Task, ctx context.Context, args []string) int {
	if do == nil {
		fmt.Fprintln(os.Stderr, "error: there is no such task")
		return 2
	}
	stop, err := profile(os.Getenv(profileFolder))
	var result Result
	if err == nil {
		result, err = do(ctx, args)
		err = errors.Join(err, stop())
	}
	if err == nil {
		result.Peak, err = peakMemory()
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}

// Fork runs a task in a process of its own.
func Fork(ctx context.Context, name string, args ...string) (Result, error) {
	self, err := os.Executable()
	if err != nil {
		return Result{}, err
	}
	child := exec.CommandContext(ctx, self, append([]string{TaskFlag, name}, args...)...)
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		return Result{}, fmt.Errorf("task %s: %w", name, err)
	}
	var result Result
	if err := json.Unmarshal(out, &result); err != nil {
		return Result{}, fmt.Errorf("task %s: %w", name, err)
	}
	result.CPU = (child.ProcessState.UserTime() + child.ProcessState.SystemTime()).Seconds()
	return result, nil
}
