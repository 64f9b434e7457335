package ldapapp

import "strconv"

// Found puts in what every domain has from its first day.
func (s *Server) Found(suffix string) error {
	users := "CN=Users," + suffix
	if err := s.Ensure(users); err != nil {
		return err
	}
	var records []Record
	add := func(name, class string, rid int, more map[string][]string) {
		attributes := map[string][]string{
			"objectClass": {class}, "cn": {name}, "sAMAccountName": {name}, "isCriticalSystemObject": {"TRUE"},
		}
		for k, v := range more {
			attributes[k] = v
		}
		records = append(records, Record{DN: "CN=" + name + "," + users, UUID: uuidOf(s.tree.lastID + 1 + len(records)), RID: rid, Password: true, Attributes: attributes})
	}
	group := map[string][]string{"groupType": {"-2147483646"}}
	add("Domain Users", "group", ridUsers, group)
	add("Administrator", "user", ridAdmin, map[string][]string{
		"userAccountControl": {strconv.Itoa(uacNormal)}, "primaryGroupID": {strconv.Itoa(ridUsers)}, "adminCount": {"1"},
	})
	add("krbtgt", "user", ridTickets, map[string][]string{
		"userAccountControl": {strconv.Itoa(uacNormal | uacOff)}, "primaryGroupID": {strconv.Itoa(ridUsers)}, "adminCount": {"1"},
	})
	add("Domain Admins", "group", ridAdmins, map[string][]string{
		"groupType": {"-2147483646"}, "adminCount": {"1"}, "member": {"<GUID=" + records[1].UUID + ">"},
	})
	return s.Restore(records)
}
