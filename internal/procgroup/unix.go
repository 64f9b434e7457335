//go:build unix

package procgroup

import (
	"os/exec"
	"syscall"
)

// Lead makes cmd the head of a process group that is killed as a whole,
// so that nothing a shell started outlives the timeout.
func Lead(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
