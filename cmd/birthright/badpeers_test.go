package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birthright/internal/pgtest"
	"birthright/internal/slapdtest"
)

// Servers that are not there, do not know us or cannot be trusted.
func TestBadPeers(t *testing.T) {
	t.Parallel()
	directory := slapdtest.Start(t, slapdtest.Options{})
	directory.MustLoad(t, "dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n")
	stranger := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(stranger.Close)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"401","detail":"who are you?"}`))
	}))
	t.Cleanup(refusing.Close)
	chatty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>It works!</html>"))
	}))
	t.Cleanup(chatty.Close)
	database := pgtest.New(nil)
	t.Cleanup(database.Stop)

	ldap := func(url, more string) edit {
		return source(fmt.Sprintf("  - {name: corp, kind: ldap, url: %q, bind_dn: %q, bind_password: \"file:password.txt\", %s}\n", url, directory.ReaderDN, more))
	}
	const users = `users: {base_dn: "dc=example,dc=com"}`
	password := write("password.txt", directory.ReaderPassword)
	scim := func(url, more string) edit {
		return target(fmt.Sprintf("  - {name: handout, kind: scim, url: %q, token: \"file:token.txt\"%s}\n", url, more))
	}
	token := write("token.txt", "s3cret-t0ken\n")
	postgres := database.EmptyURL(t)
	for _, b := range []bad{
		{name: "LDAP server not there", edits: edits(password, ldap("ldap://127.0.0.1:9", users)), args: "import", code: 1, want: `import corp: read source corp: connect to 127.0.0.1:9: .*connection refused \(check url, and that the server runs and can be reached from here\)`},
		{name: "LDAP wrong password", edits: edits(write("password.txt", "wrong"), ldap(directory.URL, users)), args: "import", code: 1, want: `import corp: read source corp: bind as cn=reader,cn=accounts: invalid credentials \(LDAP result 49\) \(check bind_dn and bind_password\)`},
		{name: "LDAP certificate not trusted", edits: edits(password, ldap(directory.TLSURL, users)), args: "import", code: 1, want: `import corp: read source corp: connect to .*: certificate signed by unknown authority \(the server's certificate is not trusted: set tls.ca_file to .*\)`},
		{name: "LDAP authority that is none", edits: edits(password, ldap(directory.TLSURL, users+", tls: {ca_file: people.csv}")), args: "import", code: 2, want: `import corp: read source corp: tls.ca_file: people.csv holds no certificate in PEM form \(give the file .*\)`},
		{name: "LDAP authority not there", edits: edits(password, ldap(directory.TLSURL, users+", tls: {ca_file: none.pem}")), args: "import", code: 2, want: `import corp: read source corp: tls.ca_file: open none.pem: no such file or directory \(give the file .*\)`},
		{name: "LDAP no such base", edits: edits(password, ldap(directory.URL, `users: {base_dn: "ou=nobody,dc=example,dc=com"}`)), args: "import", code: 1, want: `import corp: read source corp: users: .*no such object .* \(check base_dn of users, .*\)`},
		{name: "SCIM server not there", edits: edits(token, scim("http://127.0.0.1:9/scim/v2", "")), args: "sync --full", code: 1, want: `read target handout: .*connection refused \(check that the system is up and url is right\) \(nothing was changed on it; .birthright target check handout. looks closer\)`},
		{name: "SCIM server not there, planned", edits: edits(token, scim("http://127.0.0.1:9/scim/v2", "")), args: "plan --full", code: 1, want: `read target handout: .*connection refused \(check that the system is up and url is right\) .*`},
		{name: "SCIM token refused", edits: edits(token, scim(refusing.URL, "")), args: "sync --full", code: 1, want: `read target handout: .*HTTP 401 Unauthorized: who are you\? \(the token is missing, wrong or expired: check token\) .*`},
		{name: "SCIM certificate not trusted", edits: edits(token, scim(stranger.URL, "")), args: "sync --full", code: 1, want: `read target handout: .*certificate signed by unknown authority \(.*set tls.ca_file .*\) .*`},
		{name: "SCIM that is a web page", edits: edits(token, scim(chatty.URL, "")), args: "plan --full", code: 1, want: `read target handout: .*the answer is not what a SCIM 2.0 server sends: check url.*`},
		{name: "PostgreSQL wrong password", edits: edits(swap("sqlite:birthright.db", "file:address.txt"), write("address.txt", strings.Replace(postgres, ":"+url.QueryEscape(pgtest.Password)+"@", ":wr0ng@", 1))), args: "plan", code: 1, want: `open the database t1 on 127.0.0.1: password authentication failed for user "birthright" \(correct user and password in database.url\)`},
		{name: "PostgreSQL no such database", edits: edits(swap("sqlite:birthright.db", "file:address.txt"), write("address.txt", regexp.MustCompile(`/t\d+\?`).ReplaceAllString(postgres, "/none?"))), args: "plan", code: 1, want: `open the database none on 127.0.0.1: database "none" does not exist \(make it with createdb, or correct database.url\)`},
	} {
		b.noted = true
		t.Run(b.name, b.try)
	}
}
