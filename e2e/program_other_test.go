//go:build !linux

package e2e

import "syscall"

// tied does nothing: only Linux can tie a child's life to its parent's.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
