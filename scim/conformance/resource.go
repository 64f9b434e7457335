package conformance

import (
	"maps"
	"strings"

	"birthright/scim/shape"
)

// resource is one that a case made.
type resource struct {
	c    *Client
	path string // below the base, such as /Users/42
	id   string
	made *Answer // to the POST
}

// user makes a user with a name that nobody has and the attributes of more, the
// JSON of an object or "".
func (c *Client) user(more string) *resource { return c.create("/Users", c.userBody(more)) }

// userBody is the body of a POST of a user.
func (c *Client) userBody(more string) string {
	return c.body(map[string]any{"schemas": []any{coreUser}, "userName": c.name("user")}, more)
}

// group makes a group with these members.
func (c *Client) group(members ...string) *resource {
	return c.create("/Groups", c.groupBody(members...))
}

// groupBody is the body of a POST of a group.
func (c *Client) groupBody(members ...string) string {
	return shape.Encode(map[string]any{"schemas": []any{coreGroup}, "displayName": c.name("group"), "members": references(members)})
}

func references(ids []string) []any {
	list := []any{}
	for _, id := range ids {
		list = append(list, map[string]any{"value": id})
	}
	return list
}

// body adds the attributes of more to an object. One with an extension says so in
// its schemas.
func (c *Client) body(object map[string]any, more string) string {
	if more == "" {
		return shape.Encode(object)
	}
	v, err := shape.Decode(c.fill(more))
	attributes, ok := v.(map[string]any)
	if err != nil || !ok {
		c.fatal("the case is broken: %q is no JSON object", more)
	}
	maps.Copy(object, attributes)
	for name := range attributes {
		if list, ok := object["schemas"].([]any); ok && strings.Contains(name, ":") && attributes["schemas"] == nil {
			object["schemas"] = append(list, name)
		}
	}
	return shape.Encode(object)
}

// create makes a resource, which has to succeed.
func (c *Client) create(endpoint, body string) *resource {
	a := c.post(endpoint, body).status(201)
	id := a.text("$.id")
	if id == "" {
		c.fatal("a resource was made and has no id\n  %s", a)
	}
	r := &resource{c: c, path: endpoint + "/" + id, id: id, made: a}
	c.made = append(c.made, r.path)
	return r
}

// adopt sees that a resource which came about in another way is deleted.
func (c *Client) adopt(endpoint string, a *Answer) *resource {
	id := a.text("$.id")
	r := &resource{c: c, path: endpoint + "/" + id, id: id, made: a}
	if id != "" {
		c.made = append(c.made, r.path)
	}
	return r
}

// get reads the resource, which has to be there.
func (r *resource) get() *Answer { return r.c.get(r.path).status(200) }

// userName returns the name that a user was made with.
func (r *resource) userName() string { return r.made.text("$.userName") }

// put replaces a user: its name and the attributes of more stay.
func (r *resource) put(more string, headers ...string) *Answer {
	return r.c.put(r.path, r.c.body(map[string]any{"schemas": []any{coreUser}, "userName": r.userName()}, more), headers...)
}

// patch sends operations, which have to succeed.
func (r *resource) patch(operations string) *Answer {
	return r.c.patch(r.path, operations).status(200, 204)
}

// members returns the ids of a group's members.
func (r *resource) members() []string {
	list, _ := r.get().at("$.members").([]any)
	ids := []string{}
	for _, member := range list {
		id, _ := shape.At(member, "$.value").(string)
		ids = append(ids, id)
	}
	return ids
}

// hasMembers checks who is in a group.
func (r *resource) hasMembers(want ...string) {
	shapes := []any{}
	for _, id := range want {
		shapes = append(shapes, map[string]any{"value": id})
	}
	a := r.get()
	got, _ := a.at("$.members").([]any)
	if !shape.Pairs(shapes, got) {
		a.wrong("the members are %v, want %v", r.members(), want)
	}
}
