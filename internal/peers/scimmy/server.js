// A SCIM application that keeps users and groups in memory, made of scimmy-routers.
// Usage: node server.js PORT TOKEN
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);
let last = 0;

function keep(Resource, name) {
    const held = new Map();
    const there = (id) => {
        if (!held.has(id)) throw new SCIMMY.Types.Error(404, null, `${id} is not here`);
        return held.get(id);
    };
    SCIMMY.Resources.declare(Resource)
        .ingress((resource, data) => {
            const id = resource.id ? there(resource.id).id : `${Resource.name}-${++last}`;
            const record = {...JSON.parse(JSON.stringify(data)), id};
            const same = [...held.values()].find((r) => r.id !== id && r[name].toLowerCase() === record[name].toLowerCase());
            if (same) throw new SCIMMY.Types.Error(409, "uniqueness", `${record[name]} is taken`);
            held.set(id, record);
            return record;
        })
        .egress((resource) => {
            if (resource.id) return there(resource.id);
            return resource.filter ? resource.filter.match([...held.values()]) : [...held.values()];
        })
        .degress((resource) => held.delete(there(resource.id).id));
}

keep(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), "userName");
keep(SCIMMY.Resources.Group, "displayName");

const handler = (request) => {
    if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("the token is not known");
    return "hub";
};
const app = express();
app.use("/scim/v2", new SCIMMYRouters({type: "bearer", docUri: "https://example.com", handler}));
app.listen(Number(port), "127.0.0.1");
