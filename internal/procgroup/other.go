//go:build !unix

package procgroup

import "os/exec"

// Lead leaves cmd as it is: only its own process is killed in the end.
func Lead(*exec.Cmd) {}
