// Package textsearch finds what somebody means by a few words: a text fits when each word
// is in it, as it is written, in another form (databases, database), as a part, or as the
// short name that people of this field write (prod-db for a production database). How well
// it fits is a number, so that the best can come first.
//
// It owns what is like what. What is searched, and what counts for more, its callers say.
package textsearch
