//go:build !linux

package mariadbtest

import "syscall"

// dieWithParent does nothing where the system has no such thing: a killed test
// process leaves its server behind.
func dieWithParent(*syscall.SysProcAttr) {}
