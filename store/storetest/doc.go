// Package storetest is the contract of package store as tests: what holds on
// every kind of database. Each case says why it is there.
//
//	storetest.Run(t, func(t *testing.T, o store.Options) *store.DB { … an empty, migrated database … })
package storetest
