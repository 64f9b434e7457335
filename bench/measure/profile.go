package measure

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
)

// profileFolder names the variable with the folder where each task leaves a CPU
// profile; none are written where it is not set.
const profileFolder = "BENCH_PROFILE"

// profile starts a CPU profile of this task in dir; stop ends it.
func profile(dir string) (stop func() error, err error) {
	if dir == "" {
		return func() error { return nil }, nil
	}
	name := fmt.Sprintf("%s-%s.pprof", filepath.Base(os.Args[0]), strings.Join(os.Args[2:], "-"))
	f, err := os.Create(filepath.Join(dir, strings.ReplaceAll(name, string(filepath.Separator), "_")))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
