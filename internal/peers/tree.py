"""Prints what a directory holds, as ldap3 reads it: people with their names, and who is in which group."""
import json
import sys

import ldap3
from ldap3.utils.dn import parse_dn

url, user, password = sys.argv[1:]
connection = ldap3.Connection(ldap3.Server(url, get_info=ldap3.ALL), user, password, auto_bind=True, raise_exceptions=True)


def entries(base, condition, attributes):
    return connection.extend.standard.paged_search(
        base, condition, attributes=attributes, paged_size=50, generator=False)


people = {e["dn"].lower(): e["attributes"]
          for e in entries("ou=people,dc=example,dc=com", "(objectClass=inetOrgPerson)", ["uid", "cn"])}
holds = []
for group in entries("ou=groups,dc=example,dc=com", "(objectClass=groupOfNames)", ["cn", "member"]):
    for member in group["attributes"]["member"]:
        if parse_dn(member)[0][:2] == ("cn", "birthright-placeholder"):
            continue  # stands in groups that must not be empty
        holds.append(people[member.lower()]["uid"][0] + " " + group["attributes"]["cn"][0])
json.dump({"people": {p["uid"][0]: p["cn"][0] for p in people.values()}, "holds": sorted(holds)}, sys.stdout)
