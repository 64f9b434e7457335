package scimsim

// Like returns options for a server like that of a vendor, by the name of the dialect:
// with the vendor's limits, and nothing that it does not have. A name that is not known
// gives a server that keeps to the RFCs.
func Like(dialect string) Options {
	switch dialect {
	case "aws-identity-center":
		return Options{MaxMembers: 100, TooManyStatus: 400, Quirks: Quirks{
			HideMembers: true, Cursor: true, RemoveByValue: true, WholeRefused: true, NoGroupPut: true,
			Queries: []string{"cursor", "count", "filter", "startIndex"},
			Filters: map[string][]string{
				"Users":  {"", "username", "externalid", "id"},
				"Groups": {"", "displayname", "externalid", "members.value", "id+members", "id"},
			},
		}}
	case "slack":
		return Options{Quirks: Quirks{DeleteDeactivates: true, Writes: 600}}
	case "atlassian":
		return Options{Quirks: Quirks{DeleteDeactivates: true, Filters: map[string][]string{
			"Users": {"", "username", "externalid"}, "Groups": {"", "displayname"},
		}}}
	case "github-enterprise":
		return Options{Quirks: Quirks{HideInLists: true, NoDelete: true, WantExternalID: true, Media: plainMedia,
			Filters: map[string][]string{
				"Users": {"", "username", "externalid", "id", "displayname"}, "Groups": {"", "externalid", "id", "displayname"},
			},
		}}
	case "salesforce":
		return Options{PageSize: 200, Quirks: Quirks{NoDelete: true, WantEntitlement: true, Document: "ServiceProviderConfigs"}}
	case "databricks":
		return Options{Quirks: Quirks{Media: scimMedia}}
	}
	return Options{}
}
