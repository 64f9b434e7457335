//go:build !linux

package sambatest

import "errors"

// process is a running samba, which there is on Linux alone.
type process struct{}

func startProcess(_, _, _ string) (*process, error) {
	return nil, errors.New("a Samba domain controller runs on Linux alone: run these tests there")
}

func (*process) stop() error { return nil }
