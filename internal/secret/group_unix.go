//go:build unix

package secret

import (
	"os/exec"
	"syscall"
)

// killGroup makes cmd the head of a process group that is killed as a whole,
// so that nothing a shell started outlives the timeout.
func killGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
