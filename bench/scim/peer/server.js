// A SCIM server made of what others wrote: SCIMMY's schemas, filters and PATCH, its
// routers, and express. What is ours is the least that it asks for: a map in
// memory. It forgets everything when it ends.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

// inMemory keeps resources of one type, and sees that a name is given once.
function inMemory(name) {
    const all = new Map(), named = new Map();
    const find = (id) => {
        if (!all.has(id)) throw new SCIMMY.Types.Error(404, null, `There is no ${id}`);
        return all.get(id);
    };
    return {
        ingress: (resource, data) => {
            const id = resource.id ?? crypto.randomUUID();
            if (resource.id) find(id);
            if ((named.get(data[name]) ?? id) !== id) throw new SCIMMY.Types.Error(409, "uniqueness", `${data[name]} is taken`);
            const kept = {...JSON.parse(JSON.stringify(data)), id};
            all.set(id, kept);
            named.set(data[name], id);
            return kept;
        },
        egress: (resource) => {
            if (resource.id) return find(resource.id);
            return resource.filter ? resource.filter.match([...all.values()]) : [...all.values()];
        },
        degress: (resource) => {
            named.delete(find(resource.id)[name]);
            all.delete(resource.id);
        },
    };
}

SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.declare(SCIMMY.Resources.User, inMemory("userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, inMemory("displayName"));

const app = express();
app.use("/scim/v2", new SCIMMYRouters({type: "bearer", docUri: "https://example.com", handler: () => "bench"}));
// With its port as the only line, it says that it is ready.
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
server.keepAliveTimeout = 120_000; // the client keeps its connections too
