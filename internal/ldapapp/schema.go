package ldapapp

import (
	"strings"
)

// attrKey is the form of an attribute's name to compare by: lower case, short
// where there is a long name too, without options.
func attrKey(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), ";")
	switch name {
	case "commonname":
		return "cn"
	case "surname":
		return "sn"
	case "userid":
		return "uid"
	case "localityname":
		return "l"
	case "organizationalunitname":
		return "ou"
	case "organizationname":
		return "o"
	case "domaincomponent":
		return "dc"
	case "rfc822mailbox":
		return "mail"
	}
	return name
}

// operational reports whether the server alone writes the attribute.
func operational(key string) bool {
	switch key {
	case "entryuuid", "entrydn", "createtimestamp", "modifytimestamp":
		return true
	}
	return false
}

// valueKey is the form of a value to compare by.
func valueKey(attr, value string) string {
	switch attr {
	case "member", "uniquemember", "manager", "owner", "seealso", "secretary", "roleoccupant", "entrydn":
		if key, ok := dnKey(value); ok {
			return key
		}
	case "objectguid", "objectsid", "userpassword", "memberuid", "homedirectory", "loginshell":
		return value
	}
	return foldText(value)
}

// foldText folds letter case and runs of blanks.
func foldText(value string) string { return strings.ToLower(strings.Join(strings.Fields(value), " ")) }

// needs are the attributes that an entry of the class must have.
func needs(class string) []string {
	switch strings.ToLower(class) {
	case "groupofnames":
		return []string{"cn", "member"}
	case "groupofuniquenames":
		return []string{"cn", "uniquemember"}
	case "groupofmembers":
		return []string{"cn"}
	case "person", "organizationalperson", "inetorgperson":
		return []string{"cn", "sn"}
	case "organizationalunit":
		return []string{"ou"}
	case "organization":
		return []string{"o"}
	case "domain", "dcobject":
		return []string{"dc"}
	case "posixgroup":
		return []string{"cn", "gidnumber"}
	case "posixaccount":
		return []string{"cn", "uid", "uidnumber", "gidnumber", "homedirectory"}
	}
	return nil
}

// supers are the classes above one: an entry of the class is found as these too.
func supers(class string) []string {
	switch strings.ToLower(class) {
	case "inetorgperson":
		return []string{"organizationalperson", "person", "top"}
	case "organizationalperson":
		return []string{"person", "top"}
	case "user":
		return []string{"organizationalperson", "person", "top"}
	case "computer":
		return []string{"user", "organizationalperson", "person", "top"}
	case "msds-groupmanagedserviceaccount", "msds-managedserviceaccount":
		return []string{"computer", "user", "organizationalperson", "person", "top"}
	}
	return []string{"top"}
}
