// Package salesforcesim is a stand-in for a Salesforce organisation: its users, profiles,
// permission sets and groups of them, public groups, and who has them, over the part of
// the REST API that targets/salesforce calls.
//
//	request ─▶ the day's requests ─▶ token ─▶ query (a part of SOQL) · composite/sobjects · describe · limits
//
// Each record of a request succeeds or fails on its own, with Salesforce's words. What it
// has of Salesforce's habits: pages that a locator continues, assignments that stay as
// rows when they have ended, names that compare without letter case, text without blanks
// around it, licences that run out.
package salesforcesim
