// Package kubernetes gives access in a cluster by bindings of RBAC: one RoleBinding
// or ClusterRoleBinding for each account and entitlement, which is the hub's own.
// Roles are others' to write.
//
//	role/NAMESPACE/NAME                   RoleBinding in NAMESPACE to Role NAME
//	cluster-role/NAME                     ClusterRoleBinding to ClusterRole NAME
//	namespace-role/NAMESPACE/CLUSTERROLE  RoleBinding in NAMESPACE to ClusterRole
//
// A cluster has no list of users: an account is a name that some binding names. What
// others bound is read as held indirectly and never touched: it is another object.
//
//	Read   roles, cluster roles, bindings, cluster bindings, page by page
//	Apply  Add     role is there? ─▶ server-side apply of the binding
//	       Remove  ─▶ delete the binding by its name
package kubernetes
