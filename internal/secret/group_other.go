//go:build !unix

package secret

import "os/exec"

// killGroup leaves cmd as it is: only its own process is killed in the end.
func killGroup(*exec.Cmd) {}
