package httpkit

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"birthright/internal/trust"
)

// denied are networks that no system of a company is in, and that a name must not
// lead us to: those of this link, where clouds keep a machine's own credentials,
// and those that belong to nobody.
var denied = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("100.100.100.200/32"), // a cloud's metadata
	netip.MustParsePrefix("::/128"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"),
	netip.MustParsePrefix("fd00:ec2::254/128"), // a cloud's metadata
}

// loopback is this machine: only a base URL that says so leads to it.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// parseNetworks reads addresses and networks such as 10.1.0.0/16.
func parseNetworks(texts []string) ([]netip.Prefix, []error) {
	var out []netip.Prefix
	var faults []error
	for i, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				faults = append(faults, fmt.Errorf("allow_networks[%d]: %q is no network: write it like 169.254.10.0/24", i, text))
				continue
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, faults
}

// dialer connects to where the system may be. It looks at the address that a name
// came to, for names can be made to lead anywhere.
func dialer(base string, allowed []netip.Prefix, timeout time.Duration) *net.Dialer {
	if u, err := url.Parse(base); err == nil && trust.Local(u.Hostname()) {
		allowed = append(allowed, loopback...)
	}
	return &net.Dialer{
		Timeout: min(timeout, 10*time.Second),
		Control: func(_, address string, _ syscall.RawConn) error { return check(address, allowed) },
	}
}

func check(address string, allowed []netip.Prefix) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	addr := at.Addr().Unmap()
	if within(addr, allowed) {
		return nil
	}
	if within(addr, denied) || within(addr, loopback) {
		return &deniedAddress{addr}
	}
	return nil
}

func within(addr netip.Addr, networks []netip.Prefix) bool {
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// deniedAddress is an address that nothing was sent to.
type deniedAddress struct{ addr netip.Addr }

func (d *deniedAddress) Error() string {
	return fmt.Sprintf("the name leads to %s, where no such system should be", d.addr)
}
