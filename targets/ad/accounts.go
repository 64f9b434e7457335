package ad

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"birthright/internal/ldapdn"
	"birthright/internal/ldaptarget"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

const attrUPN = "userPrincipalName"

// nameFault tells why a name can be no sAMAccountName ([MS-SAMR] 3.1.1.6).
func nameFault(name string, most int) error {
	switch {
	case utf8.RuneCountInString(name) > most:
		return fmt.Errorf("a name (sAMAccountName) has %d characters at most", most)
	case strings.ContainsAny(name, `"/\[]:|<>+=;?,*`) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }):
		return errors.New(`a name (sAMAccountName) has none of "/\[]:|<>+=;?,*`)
	case strings.HasSuffix(name, ".") || strings.TrimSpace(name) != name:
		return errors.New("a name (sAMAccountName) does not end with a dot, or begin or end with a space")
	}
	return nil
}

// groupLength is that of cn, by which new groups are called too.
const groupLength = 64

// loginLength is how long a sAMAccountName of a person can be.
const loginLength = 20

// logins returns the sAMAccountName and the userPrincipalName of an account. Where
// the latter is its name, the former is what stands before the @, as far as it fits.
func (t *Target) logins(name string) (login, upn string) {
	if t.config.Users.Name != attrUPN {
		return name, name + "@" + t.config.Users.UPNSuffix
	}
	local, _, _ := strings.Cut(name, "@")
	if runes := []rune(local); len(runes) > loginLength {
		local = strings.TrimRight(string(runes[:loginLength]), ". ")
	}
	return local, name
}

// loginFault tells why an account can have no such name.
func (t *Target) loginFault(name string) error {
	switch at := strings.Count(name, "@"); {
	case t.config.Users.Name != attrUPN && at > 0:
		return errors.New("an @ in a login name would make another one of its userPrincipalName; users.name: userPrincipalName takes names with one")
	case t.config.Users.Name == attrUPN && (at != 1 || strings.HasSuffix(name, "@") || strings.ContainsAny(name, " \t")):
		return errors.New("a userPrincipalName is NAME@DOMAIN, without spaces")
	}
	login, _ := t.logins(name)
	if login == "" {
		return errors.New("a name needs something before the @")
	}
	return nameFault(login, loginLength)
}

// Create makes an account with a password that nobody knows.
func (t *Target) Create(a *ldaptarget.Application, op targets.Op) targets.Result {
	if err := t.loginFault(op.Account.Name); err != nil {
		return t.Invalid(op, err)
	}
	request := t.request(op.Account)
	return a.Add(op, request, "make "+ldaptarget.Parent(request.DN)+" first, or correct users.ou")
}

// request makes the request for a new account.
func (t *Target) request(account targets.Account) *goldap.AddRequest {
	bits := normalAccount
	login, upn := t.logins(account.Name)
	ou := t.place(t.Normalise(account))
	if !account.Active {
		bits |= disabled
		ou = cmp.Or(t.config.Users.DisabledOU, ou)
	}
	request := goldap.NewAddRequest(ldaptarget.Child("CN", login, ou), nil)
	request.Attribute("objectClass", []string{"user"})
	request.Attribute(attrLogin, []string{login})
	if !t.mapped(attrUPN) {
		request.Attribute(attrUPN, []string{upn})
	}
	request.Attribute("userAccountControl", []string{strconv.Itoa(bits)})
	request.Attribute("unicodePwd", []string{quoted(rand.Text() + "-aA1")})
	fields := t.fields(account)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if len(fields[field]) > 0 {
			request.Attribute(field, fields[field])
		}
	}
	return request
}

// quoted is a password as unicodePwd takes it: in quotes, in UTF-16.
func quoted(password string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(`"` + password + `"`)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return string(raw)
}

func (t *Target) mapped(attribute string) bool {
	return slices.ContainsFunc(t.mapping, func(m targets.Mapping) bool { return strings.EqualFold(m.To, attribute) })
}

// place returns where an account belongs by its attributes; without a value for
// one that users.ou asks for, it belongs where all are.
func (t *Target) place(a targets.Account) string {
	if ou := template(t.config.Users.OU).fill(func(name string) string { return a.Attributes.First(name) }); ou != "" {
		return ou
	}
	return t.config.Users.BaseDN
}

// Update sets what differs, then renames and moves the entry.
func (t *Target) Update(a *ldaptarget.Application, want targets.Account, p *ldaptarget.Person) (bool, error) {
	e, err := a.Entry(p, targets.UpdateAccount, t.Layout.Users.Fields...)
	if err != nil {
		return false, err
	}
	now, ok := t.person(e)
	if !ok {
		now = p
	}
	if want.Name == "" {
		want.Name = now.Name
	}
	request := goldap.NewModifyRequest(p.Ref, nil)
	t.mapping.Replace(request, e, t.fields(want))
	if want.Name != now.Name {
		if err := t.loginFault(want.Name); err != nil {
			return false, ldaptarget.Nonsense(err)
		}
		t.relogin(request, e, now.Name, want.Name)
	}
	changed, err := a.Modify(request)
	if err != nil {
		return false, err
	}
	if want.Name != p.Name {
		a.Rename(p, want.Name)
	}
	moved, err := t.refile(a, now, want)
	return changed || moved, err
}

// relogin gives an account other login names, where it has those of its old name.
func (t *Target) relogin(request *goldap.ModifyRequest, e *goldap.Entry, from, to string) {
	oldLogin, oldUPN := t.logins(from)
	login, upn := t.logins(to)
	if strings.EqualFold(e.GetEqualFoldAttributeValue(attrLogin), oldLogin) {
		request.Replace(attrLogin, []string{login})
	}
	if !t.mapped(attrUPN) && strings.EqualFold(e.GetEqualFoldAttributeValue(attrUPN), oldUPN) {
		request.Replace(attrUPN, []string{upn})
	}
}

// refile gives the entry the name of its login name, where it had that before,
// and moves it where an attribute that users.ou asks for has changed.
func (t *Target) refile(a *ldaptarget.Application, now *ldaptarget.Person, want targets.Account) (bool, error) {
	cn, ou := "", ""
	login, _ := t.logins(now.Name)
	if old, _ := ldaptarget.RDNValue(now.DN, "cn"); old == login {
		cn, _ = t.logins(want.Name)
	}
	before, after := t.place(now.Account), t.place(t.Normalise(want))
	leaver := !now.Active && t.config.Users.DisabledOU != ""
	if ldapdn.Canonical(before) != ldapdn.Canonical(after) && !leaver {
		ou = after
	}
	return t.move(a, now, cn, ou)
}

// move renames an entry and moves it, each where it is asked for and not so.
func (t *Target) move(a *ldaptarget.Application, p *ldaptarget.Person, cn, ou string) (bool, error) {
	old, _ := ldaptarget.RDNValue(p.DN, "cn")
	if cn == "" {
		cn = old
	}
	at := ldaptarget.Parent(p.DN)
	if ou == "" {
		ou = at
	}
	if cn == old && ldapdn.Canonical(ou) == ldapdn.Canonical(at) {
		return false, nil
	}
	err := a.Write(func(c *goldap.Conn) error {
		return c.ModifyDN(goldap.NewModifyDNRequest(p.Ref, "CN="+goldap.EscapeDN(cn), true, ou))
	})
	return err == nil, err
}

// SetActive switches the account on or off and moves it out of or into the place of
// those that are off. The other bits stay as they are by then.
func (t *Target) SetActive(a *ldaptarget.Application, p *ldaptarget.Person, active bool) (bool, error) {
	action := targets.DisableAccount
	if active {
		action = targets.EnableAccount
	}
	e, err := a.Entry(p, action, t.Layout.Users.Fields...)
	if err != nil {
		return false, err
	}
	now, ok := t.person(e)
	if !ok || now.Active == active {
		return false, nil
	}
	bits := control(e) &^ disabled
	ou := t.place(now.Account)
	if !active {
		bits, ou = bits|disabled, t.config.Users.DisabledOU
	}
	request := goldap.NewModifyRequest(p.Ref, nil)
	request.Replace("userAccountControl", []string{strconv.Itoa(bits)})
	if _, err := a.Modify(request); err != nil {
		return false, err
	}
	p.Active = active
	if t.config.Users.DisabledOU == "" {
		return true, nil
	}
	_, err = t.move(a, now, "", ou)
	return true, err
}

// Delete takes the account away; its memberships go with it.
func (t *Target) Delete(a *ldaptarget.Application, p *ldaptarget.Person) (bool, error) {
	return a.Remove(p)
}

// Group makes the request for a new security group.
func (t *Target) Group(name string) (request *goldap.AddRequest, remedy string, err error) {
	ou := t.config.Groups.OU
	request = goldap.NewAddRequest(ldaptarget.Child("CN", name, ou), nil)
	request.Attribute("objectClass", []string{"group"})
	request.Attribute(attrLogin, []string{name})
	request.Attribute("groupType", []string{scopes[t.config.Groups.Scope]})
	return request, "make " + ou + " first, or correct groups.ou", nameFault(name, groupLength)
}
