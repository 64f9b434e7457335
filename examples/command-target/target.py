#!/usr/bin/env python3
"""A target of Birthright's `kind: command`: keeps who has what in a JSON file.

Calls come as lines of JSON on standard input, one answer goes out for each, in
order. Put your own system where the file is: see README.md. Python 3.8 or later,
nothing else. The file is the first argument.
"""

import fcntl
import json
import os
import sys
from datetime import datetime, timezone

VERSION = 1
ACTIONS = ["create-account", "update-account", "disable-account", "delete-account", "create-entitlement"]
RETENTION = 30 * 24 * 3600  # for how long an answer is remembered by its key, in seconds


class Target:
    """What is held: accounts by id, entitlements by KIND/ID, answers by key."""

    def __init__(self, path):
        self.path = path
        self.held = {"last": 0, "accounts": {}, "entitlements": {}, "keys": {}}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.held = json.load(file)
        self.accounts, self.entitlements, self.keys = (self.held[k] for k in ("accounts", "entitlements", "keys"))

    def save(self):
        """The file is there whole or as it was before; only then may an answer say yes."""
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.held, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)

    def answer(self, call):
        if call.get("version") != VERSION:
            return {"version": VERSION, "key": "", "outcome": "refused", "detail": f"this program speaks version {VERSION}"}
        if "describe" in call:
            return {"version": VERSION, "name": "example program", "actions": ACTIONS, "ends_access": True, "state": True}
        if "apply" in call:
            return self.apply(call["apply"])
        if "state" in call:
            return self.page(call["state"])
        known = self.keys.get(call["status"])
        return known["result"] if known else result({"key": call["status"]}, "stale", detail="there is no such key")

    def apply(self, op):
        """Once for each key: whoever asks again gets the answer of then."""
        known = self.keys.get(op["key"])
        if known:
            if known["op"] != op:
                return result(op, "refused", detail="the key was used for something else")
            return known["result"]
        said = self.perform(op)
        self.keys[op["key"]] = {"op": op, "result": said, "at": now().timestamp()}
        return said

    def perform(self, op):
        action, account, entitlement = op["action"], op.get("account"), op.get("entitlement")
        path = entitlement["kind"] + "/" + entitlement["id"] if entitlement else ""
        if action == "create-entitlement":
            if path in self.entitlements:
                return result(op, "already")
            self.entitlements[path] = {"kind": entitlement["kind"], "id": entitlement["id"]}
            return result(op, "done")
        if action == "create-account":
            return self.create(op, account)
        if action not in ("add", "remove", "enable-account") and action not in ACTIONS:
            return result(op, "refused", detail="this program does not do that")
        if action == "add" and path not in self.entitlements:
            return result(op, "stale", detail="there is no such entitlement")
        found = self.find(account)
        if not found:
            if action == "delete-account":
                return result(op, "already")
            return result(op, "stale", detail="there is no such account")
        if action == "update-account":
            return self.update(op, found, account)
        if action == "delete-account":
            del self.accounts[found["id"]]
            return result(op, "done", found)
        if action in ("enable-account", "disable-account"):
            active = action == "enable-account"
            changed, found["active"] = found["active"] != active, active
            return result(op, "done" if changed else "already", found)
        if path not in self.entitlements:
            return result(op, "stale", detail="there is no such entitlement")
        if action == "add":
            end = op.get("not_after")
            if path in found["holds"] and found["holds"][path] == end:
                return result(op, "already", found)
            found["holds"][path] = end
            return result(op, "done", found)
        if path not in found["holds"]:
            return result(op, "already", found)
        del found["holds"][path]
        return result(op, "done", found)

    def find(self, account):
        """By id; by name only where there is no id."""
        if account.get("id"):
            return self.accounts.get(account["id"])
        return next((a for a in self.accounts.values() if a["name"] == account["name"]), None)

    def create(self, op, account):
        """One that is there just as wanted is what an earlier try left; one that differs is not ours."""
        found = self.find({"name": account["name"]})
        if not found:
            self.held["last"] += 1
            found = {"id": f"a{self.held['last']}", "name": account["name"], "active": account["active"],
                     "attributes": account.get("attributes", {}), "holds": {}}
            self.accounts[found["id"]] = found
            return result(op, "done", found)
        if found["active"] != account["active"] or found["attributes"] != account.get("attributes", {}):
            return result(op, "conflict", found, "an account of that name is there and differs")
        return result(op, "already", found)

    def update(self, op, found, account):
        name, attributes = account["name"] or found["name"], account.get("attributes", {})
        other = self.find({"name": name})
        if other and other is not found:
            return result(op, "conflict", other, "another account has that name")
        if found["name"] == name and found["attributes"] == attributes:
            return result(op, "already", found)
        found["name"], found["attributes"] = name, attributes
        return result(op, "done", found)

    def lapse(self):
        """Ends what has come to its end, and forgets old answers."""
        for account in self.accounts.values():
            account["holds"] = {p: end for p, end in account["holds"].items() if end is None or parse(end) > now()}
        for key in [k for k, v in self.keys.items() if now().timestamp() - v["at"] > RETENTION]:
            del self.keys[key]

    def page(self, ask):
        """Accounts, then entitlements, then assignments, each in a fixed order; None is everything."""
        ids, names, wanted = ask["account_ids"], ask["names"], ask["entitlements"]
        paths = None if wanted is None else {e["kind"] + "/" + e["id"] for e in wanted}
        items = []
        for a in self.accounts.values():
            if (ids is not None or names is not None) and a["id"] not in (ids or []) and a["name"] not in (names or []):
                continue
            items.append((f"1 {a['id']}", "accounts", {k: a[k] for k in ("id", "name", "active", "attributes")}))
            for path, end in a["holds"].items():
                if paths is None or path in paths:
                    held = {"account_id": a["id"], "entitlement": self.entitlements[path]}
                    items.append((f"3 {a['id']} {path}", "assignments", dict(held, not_after=end) if end else held))
        items += [(f"2 {p}", "entitlements", e) for p, e in self.entitlements.items() if paths is None or p in paths]
        items = sorted((i for i in items if i[0] > ask.get("cursor", "")), key=lambda i: i[0])
        shown = items[: ask["limit"] or 1000]
        page = {"version": VERSION}
        for _, what, item in shown:
            page.setdefault(what, []).append(item)
        if len(shown) < len(items):
            page["next"] = shown[-1][0]
        else:
            page["complete"] = True
        return page


def now():
    return datetime.now(timezone.utc)


def parse(moment):
    return datetime.fromisoformat(moment.replace("Z", "+00:00"))


def result(op, outcome, account=None, detail=""):
    said = {"version": VERSION, "key": op["key"], "outcome": outcome}
    if account:
        said["account_id"] = account["id"]
    if detail:
        said["detail"] = detail
    return said


def main():
    path = sys.argv[1]
    with open(path + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two hubs may call at once
        target = Target(path)
        target.lapse()
        for line in sys.stdin:
            said = target.answer(json.loads(line))
            target.save()
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
