package ldapprocess

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the kernel end the server when the test program is killed
// before it could do so itself.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}
