package e2e

import "syscall"

// tied makes the kernel end a child when the test program dies before it could
// do so itself.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
