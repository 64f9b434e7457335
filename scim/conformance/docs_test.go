package conformance

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const page = "../../docs/scim-conformance.md"

// titles are what the sections are about.
var titles = map[string]string{
	"RFC 7493 §2.3": "names given twice", "RFC 7643 §2.1": "names of attributes", "RFC 7643 §2.3.1": "strings", "RFC 7643 §2.3.2": "booleans",
	"RFC 7643 §2.3.6": "binary", "RFC 7643 §2.3.7": "references", "RFC 7643 §2.3.8": "complex values", "RFC 7643 §2.4": "lists of values",
	"RFC 7643 §2.5": "null and unassigned", "RFC 7643 §3": "schemas of a resource", "RFC 7643 §3.1": "id, externalId, meta", "RFC 7643 §3.3": "extensions",
	"RFC 7643 §4.1.1": "users: single attributes", "RFC 7643 §4.1.2": "users: lists, groups", "RFC 7643 §4.2": "groups", "RFC 7643 §4.3": "enterprise users",
	"RFC 7643 §5": "ServiceProviderConfig", "RFC 7643 §6": "ResourceTypes", "RFC 7643 §7": "Schemas", "RFC 7643 §8.7.1": "characteristics of attributes",
	"RFC 7644 §2": "authentication", "RFC 7644 §3.2": "endpoints and methods", "RFC 7644 §3.3": "POST", "RFC 7644 §3.4.1": "GET of one", "RFC 7644 §3.4.2": "lists",
	"RFC 7644 §3.4.2.1": "queries over all types", "RFC 7644 §3.4.2.2": "filters", "RFC 7644 §3.4.2.3": "sorting", "RFC 7644 §3.4.2.4": "pages by index",
	"RFC 7644 §3.4.3": "queries by POST", "RFC 7644 §3.5.1": "PUT", "RFC 7644 §3.5.2": "PATCH as a whole", "RFC 7644 §3.5.2.1": "PATCH add", "RFC 7644 §3.5.2.2": "PATCH remove",
	"RFC 7644 §3.5.2.3": "PATCH replace", "RFC 7644 §3.6": "DELETE", "RFC 7644 §3.7": "bulk", "RFC 7644 §3.7.1": "bulk: circles", "RFC 7644 §3.7.2": "bulk: bulkId",
	"RFC 7644 §3.7.3": "bulk: errors", "RFC 7644 §3.7.4": "bulk: limits", "RFC 7644 §3.8": "media types", "RFC 7644 §3.9": "attributes, excludedAttributes",
	"RFC 7644 §3.10": "notation", "RFC 7644 §3.11": "/Me", "RFC 7644 §3.12": "errors", "RFC 7644 §3.14": "versions", "RFC 7644 §4": "discovery", "RFC 7644 §7": "hostile input",
	"RFC 9865 §2": "cursors", "RFC 9865 §2.1": "cursors: errors", "RFC 9865 §2.2": "cursors: sorting", "RFC 9865 §3": "cursors by POST", "RFC 9865 §4": "cursors: told",
}

// TestSectionsPage keeps the table of sections in the documentation.
func TestSectionsPage(t *testing.T) {
	order, count := Sections(Cases())
	var table strings.Builder
	table.WriteString("\n| section | about | cases |\n| --- | --- | --- |\n")
	for _, section := range order {
		if titles[section] == "" {
			t.Errorf("%s has no title", section)
		}
		fmt.Fprintf(&table, "| %s | %s | %d |\n", section, titles[section], count[section])
	}
	fmt.Fprintf(&table, "| | together | %d |\n", len(Cases()))
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, old, found := strings.Cut(string(data), "-update -->\n")
	if !found {
		t.Fatalf("%s has no place for the table", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(head+"-update -->\n"+table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old != table.String() {
		t.Errorf("the table in %s is not that of the cases; run this test with -update", page)
	}
}
