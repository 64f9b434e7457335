// Package suggest learns rules from what people ask for, and requests from what
// nobody uses. It is pure: the same inputs give the same suggestions, byte for byte,
// in whatever order they come.
//
//	requests of a window ─tally→ groups asked for often, and mostly got
//	population ─────────search→  the smallest condition that is about those who ask
//	policy ─────────────pool──→  who could get it at all, and who has it by birthright
//	                                └→ Draft: a rule, or for much risk a request that is
//	                                   answered sooner or lasts longer
//
//	usage of a file ────unused→  groups that rules give and people leave lying
//	                                └→ Unused: the group leaves the rule and can be asked for
//
//	drafts ─────────────Apply──→ the policy files as one, with the drafts in them
//
// # What is counted
//
// An asker is somebody who is active, does not have the group by birthright, and had
// at least one request for it approved in the window. Of those whom a condition is
// about, only those count who could gain the group: whom an exclusion or a constraint
// keeps out is neither asker nor gainer. So precision is the share of askers among
// whoever the rule would add, and coverage the share of the askers whom it would add.
//
// A term must hold of enough askers by itself, or no conjunction with it could. That
// leaves a handful of terms for each group, whose holders are sets that the
// population keeps: nobody is looked at one by one except those who asked.
package suggest
