package sambatest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// install tells what to do where a program is missing.
const install = "install it with: apt-get install -y --no-install-recommends samba-ad-dc samba-ad-provision samba-dsdb-modules winbind python3-samba"

// ready tells why no server can run here.
func ready() error {
	var faults []error
	for _, program := range []string{"samba", "samba-tool", "tar"} {
		if _, err := exec.LookPath(program); err != nil {
			faults = append(faults, fmt.Errorf("%s is missing; %s", program, install))
		}
	}
	if os.Geteuid() != 0 {
		faults = append(faults, errors.New("a Samba domain controller needs root: run the tests as root, for example in a container"))
	}
	return errors.Join(faults...)
}

// domainInto puts a provisioned domain into dir/dc, from the cache if it is there.
func (o Options) domainInto(dir string) error {
	if o.Cache == "" {
		return provision(dir)
	}
	packed := filepath.Join(o.Cache, "domain.tar")
	if _, err := os.Stat(packed); err != nil {
		if err := o.pack(packed); err != nil {
			return err
		}
	}
	return run("tar", "-C", dir, "-xf", packed)
}

// pack makes a domain and keeps it; whoever else makes one at the same time does
// no harm, for the last one to be renamed stays.
func (o Options) pack(packed string) error {
	work, err := os.MkdirTemp(o.Cache, "domain-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := provision(work); err != nil {
		return err
	}
	fresh := filepath.Join(work, "domain.tar")
	if err := run("tar", "-C", work, "-cf", fresh, "dc"); err != nil {
		return err
	}
	return os.Rename(fresh, packed)
}

// provision makes a new domain in dir/dc.
func provision(dir string) error {
	return run("samba-tool", "domain", "provision", "--realm="+realm, "--domain="+domain, "--host-name=dc1", "--server-role=dc",
		"--dns-backend=NONE", "--adminpass="+AdminPassword, "--targetdir="+filepath.Join(dir, "dc"),
		"--option=interfaces=127.0.0.1/8", "--option=bind interfaces only=yes", "--option=log file="+filepath.Join(dir, "provision.log"))
}

// run runs a program to its end; what it printed becomes part of the error.
func run(program string, args ...string) error {
	cmd := exec.Command(program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(out.String()))
	}
	return nil
}
