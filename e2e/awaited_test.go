package e2e

import "strings"

// What the front door does not do yet. Each list has what is waited for and, below
// it, what fails until it is there. A case that passes has to be taken off; when
// the lists are empty, this file and the last switch in it go.

// twinGroups says that a POST of a group that comes twice makes two groups.
const twinGroups = true

// settings are the keys of a source beside its name and kind. Profiles are not
// there yet; then they are ", profile: " + s.profile.
func (s source) settings() string { return "" }

var awaitedCases = `
# bulk requests
RFC 7643 §5 it offers bulk
RFC 7644 §3.7 one of each method
RFC 7644 §3.7 bulkId comes back
RFC 7644 §3.7 locations lead to the resources
RFC 7644 §3.7 one after the other
RFC 7644 §3.7 many operations
RFC 7644 §3.7 a resource's version
RFC 7644 §3.7 an operation for a version that is gone
RFC 7644 §3.7.2 a member made in the same request
RFC 7644 §3.7.2 a member made later in the request
RFC 7644 §3.7.2 a reference in an extension
RFC 7644 §3.7.2 a reference in the operations of a PATCH
RFC 7644 §3.7.2 a reference in the path
RFC 7644 §3.7.2 a reference to nothing
RFC 7644 §3.7.2 a reference to what failed
RFC 7644 §3.7.1 two groups in each other
RFC 7644 §3.7.1 a manager and a deputy of each other
RFC 7644 §3.7.3 an operation of a wrong value fails alone
RFC 7644 §3.7.3 an operation without a userName fails alone
RFC 7644 §3.7.3 an operation without data fails alone
RFC 7644 §3.7.3 an operation without bulkId fails alone
RFC 7644 §3.7.3 an operation of an unknown method fails alone
RFC 7644 §3.7.3 an operation without a method fails alone
RFC 7644 §3.7.3 an operation without a path fails alone
RFC 7644 §3.7.3 an operation on an unknown endpoint fails alone
RFC 7644 §3.7.3 an operation on a resource that is not there fails alone
RFC 7644 §3.7.3 an operation of a DELETE of what is not there fails alone
RFC 7644 §3.7.3 an operation of a POST to a resource fails alone
RFC 7644 §3.7.3 an operation of a bad PATCH fails alone
RFC 7644 §3.7.3 failOnErrors 1 stops at the first error
RFC 7644 §3.7.3 failOnErrors 2 stops at the second error
RFC 7644 §3.7 a body without schemas
RFC 7644 §3.7 a body of other schemas
RFC 7644 §3.7 a body without Operations
RFC 7644 §3.7 a body of a text for Operations
RFC 7644 §3.7 a body of a failOnErrors that is no number
RFC 7644 §3.7 a body of nothing
RFC 7644 §3.7.4 more operations than allowed
RFC 7644 §3.7.4 a body larger than allowed

# versions (ETag, If-Match, If-None-Match)
RFC 7643 §5 it offers etag
RFC 7644 §3.14 header and meta.version say the same
RFC 7644 §3.14 a PATCH tells the new version
RFC 7644 §3.14 a change makes a new version
RFC 7644 §3.14 what changes nothing leaves the version
RFC 7644 §3.14 membership is part of a group's version
RFC 7644 §3.14 resources of a list have their versions
RFC 7644 §3.14 If-None-Match: the version
RFC 7644 §3.14 If-None-Match: a list with the version
RFC 7644 §3.14 If-None-Match: any version
RFC 7644 §3.14 If-None-Match: another version
RFC 7644 §3.14 If-None-Match: no version
RFC 7644 §3.14 If-None-Match: the version as a strong one
RFC 7644 §3.14 304 tells the version
RFC 7644 §3.14 If-None-Match after a change
RFC 7644 §3.14 If-Match: the version
RFC 7644 §3.14 If-Match: a list with the version
RFC 7644 §3.14 If-Match: any version
RFC 7644 §3.14 If-Match: another version
RFC 7644 §3.14 If-Match: a list of others
RFC 7644 §3.14 If-Match of a version that was

# pages by cursor (RFC 9865)
RFC 9865 §2 pages of one
RFC 9865 §2 pages of three
RFC 9865 §2 a page that ends with the list
RFC 9865 §2 pages of groups
RFC 9865 §2 a cursor without a value
RFC 9865 §2 somebody who joins in between
RFC 9865 §2.1 a cursor of garbage
RFC 9865 §2.1 a cursor of a number
RFC 9865 §2.1 a cursor of signs
RFC 9865 §2.1 a cursor of something long
RFC 9865 §2.1 a cursor of a query with another filter
RFC 9865 §2.1 a cursor of a query with another type
RFC 9865 §2.1 a damaged cursor
RFC 9865 §2.1 another count
RFC 9865 §2.2 in the order asked for
RFC 9865 §2.2 in the order asked for, with missing values
RFC 9865 §3 by a POST
RFC 9865 §3 by a POST: a bad cursor
RFC 9865 §4 told by ServiceProviderConfig

# sorting
RFC 7643 §5 it offers sort
RFC 7644 §3.4.2.3 by userName: descending
RFC 7644 §3.4.2.3 by USERNAME: the attribute in other letters
RFC 7644 §3.4.2.3 by userName: a qualified attribute
RFC 7644 §3.4.2.3 by externalId: case-exact values
RFC 7644 §3.4.2.3 by name.familyName: part of a complex value
RFC 7644 §3.4.2.3 by name.familyName: part of a complex value, descending
RFC 7644 §3.4.2.3 by nickName: missing values, descending
RFC 7644 §3.4.2.3 by emails: primary value of a list
RFC 7644 §3.4.2.3 by emails.value: value of a list
RFC 7644 §3.4.2.3 by employeeNumber: extension
RFC 7644 §3.4.2.3 by meta.created: time
RFC 7644 §3.4.2.3 groups
RFC 7644 §3.4.2.3 pages of a sorted list
RFC 7644 §3.4.2.3 by a POST
RFC 7644 §3.4.2.3 over all types

# queries over all types
RFC 7644 §3.4.2.1 users and groups in one list
RFC 7644 §3.4.2.1 without the slash
RFC 7644 §3.4.2.1 only one type
RFC 7644 §3.4.2.1 an attribute of one type is absent on the other
RFC 7644 §3.4.2.1 an attribute of both types
RFC 7644 §3.4.2.1 attributes of different types in one filter
RFC 7644 §3.4.2.1 pages over all types
RFC 7644 §3.4.2.1 attributes over all types
RFC 7644 §3.4.3 search over all types

# filters on groups, members and schemas
RFC 7644 §3.4.2.2 schemas: schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
RFC 7644 §3.4.2.2 core schema: schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"
RFC 7644 §3.4.2.2 groups of a user: groups.value eq "{crew}"
RFC 7644 §3.4.2.2 groups of a user, without value: groups eq "{fleet}"
RFC 7644 §3.4.2.2 groups of a user by name: groups.display eq "Crew {u}"
RFC 7644 §3.4.2.2 groups of a user at all: groups pr
RFC 7644 §3.4.2.2 group by kind of member: members.type eq "Group"
RFC 7644 §3.4.2.2 group with members: members pr
RFC 7644 §3.4.2.2 members of a kind: members[type eq "User" and value eq "{ada}"]
RFC 7644 §3.4.2.2 groups: groups[value eq "{crew}"]

# the profile rfc, which takes nothing but what the RFC says
RFC 7643 §2.3.1 a list of one string is no string
RFC 7643 §2.3.2 the text True is no boolean
RFC 7643 §2.3.2 the text false is no boolean
RFC 7643 §2.3.2 the text true is no primary
RFC 7643 §2.3.8 a JSON text is no complex value
RFC 7643 §2.3.8 a text is no manager
RFC 7643 §2.3.8 a list is no manager
RFC 7643 §2.4 an object is no list
RFC 7643 §2.4 a text is no complex element
RFC 7644 §3.5.2 a read-only attribute without a path
RFC 7644 §3.5.2 an unknown attribute without a path
RFC 7644 §3.5.2.3 the value of a type that is not there
RFC 7644 §3.5.2.3 a selected value where there is no list

# binary values without padding
RFC 7643 §2.3.6 kept: binary without padding

# the same value twice in a list
RFC 7643 §2.4 the same value and type come back once

# a filter on ServiceProviderConfig answered with 403
RFC 7644 §4 /ServiceProviderConfig cannot be filtered
`

var awaitedConversations = `
# JSON in the value of a role
entra-roles

# a POST that brings an inactive record back
returned
`

// waits reads a list: lines that begin with "#" name what the others wait for.
func waits(list string) map[string]string {
	out, reason := map[string]string{}, ""
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if what, ok := strings.CutPrefix(line, "# "); ok {
			reason = what
		} else if line != "" {
			out[line] = reason
		}
	}
	return out
}
