package measure

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// Machine describes where the figures come from, in one line.
func Machine() string {
	cpu := field("/proc/cpuinfo", "model name")
	if cpu == "" {
		cpu = runtime.GOARCH
	}
	memory := "memory unknown"
	if kib, err := strconv.ParseInt(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		memory = fmt.Sprintf("%.0f GiB", float64(kib)/(1<<20))
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease") // absent elsewhere than on Linux
	return strings.Join([]string{
		fmt.Sprintf("%d × %s", runtime.NumCPU(), cpu), memory,
		strings.TrimSpace(runtime.GOOS + " " + string(kernel)), runtime.Version(),
	}, ", ")
}

// peakMemory is the most that this process has held, in bytes; 0 where the
// system does not tell.
func peakMemory() (int64, error) {
	text := strings.TrimSuffix(field("/proc/self/status", "VmHWM"), " kB")
	if text == "" {
		return 0, nil
	}
	kib, err := strconv.ParseInt(text, 10, 64)
	return kib << 10, err
}

// field returns the first value of a name in a file of "name: value" lines.
func field(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// ForgetPeak makes the peak of this process begin anew, after what set the
// stage: what was freed is given back first. It does nothing where the system
// cannot.
func ForgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // refused: the peak is that of the whole process
}

// Memory is what this process holds now, in bytes; 0 where the system does not
// tell.
func Memory() int64 {
	kib, err := strconv.ParseInt(strings.TrimSuffix(field("/proc/self/status", "VmRSS"), " kB"), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
