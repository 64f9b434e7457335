package slapdtest

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the kernel end slapd when the test program is killed
// before it could do so itself.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}
