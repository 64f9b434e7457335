// Package resource knows what a SCIM resource is: which attributes a User and a
// Group have, how a value must look, which values a path names, and whether a
// filter matches.
//
//	bytes → ReadObject → Type.Read → Document           what a client sent, made regular
//	Document → Type.Compile(filter) → Filter.Match      questions
//	Document → Type.Projection(attributes) → Apply      answers
//
// Schemas come from github.com/elimity-com/scim. Its filter and path parsers are
// never used: they can be made to end the process.
//
// It owns no storage and no HTTP. Attribute names are compared without letter
// case everywhere and written as the schema writes them; what no schema of ours
// declares is kept if it stands inside an extension, and left out otherwise.
package resource
