package mariadbtest

import "syscall"

// dieWithParent makes the server stop when the test process ends, however that
// happens.
func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGTERM }
