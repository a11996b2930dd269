#!/usr/bin/env python3
"""Measures `trunkline plan` on a made-up organisation, beside programs that read the same snapshot.

    cargo build --release --locked
    python3 tools/measure.py [USERS [OVERRIDES]]

All figures come from one run on one machine, three rounds each, the best wall time of the three. Trust the ratios.
"""
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time

USERS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
OVERRIDES = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
TRUNKLINE = os.path.join(os.path.dirname(__file__), "..", "target", "release", "trunkline")
GROUPS = [f"Group {i:02}" for i in range(97)]
LOCATIONS = [f"Location {i:02}" for i in range(40)]


def email(i):
    return f"user{i:06}.name@acme.com"


def snapshot():
    """Half of the people have a phone; everybody has messaging and meetings."""
    users, numbers, members = [], [], {group: [] for group in GROUPS}
    for i in range(USERS):
        members[GROUPS[i % 97]].append(email(i))
        phone = f"+1212{5550000 + i:07}" if i < USERS // 2 else None
        place = LOCATIONS[i % 40] if phone else None
        if phone:
            owner = {"kind": "user", "key": email(i)}
            numbers.append({"phoneNumber": phone, "location": place, "state": "active", "type": "did", "owner": owner})
        users.append({
            "id": f"Y2lzY29zcGFyazovL3VzL1BFT1BMRS8{i:032x}", "email": email(i), "displayName": f"User Name {i}",
            "status": "active", "source": "directory", "workPhone": phone, "location": place, "phoneNumber": phone,
            "extension": f"{10000 + i}" if phone else None,
            "licenses": ["L-MSG"] + (["L-CALL"] if phone else []) + ["L-MEET"],
            "attendeeSites": [], "siteAdmin": [], "roles": [], "voicemail": {"enabled": True}})

    def pool(id, name, used, **more):
        return {"id": id, "name": name, "subscriptionId": "Sub-1", "totalUnits": 2 * USERS, "consumedUnits": used, **more}
    return {
        "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": True, "org": {"id": "O", "name": "Big"},
        "subscriptions": [{"id": "Sub-1", "createdAt": "2021-01-01", "status": "active"}],
        "licenses": [pool("L-CALL", "Webex Calling - Professional", USERS // 2), pool("L-MSG", "Advanced Messaging", USERS),
                     pool("L-MEET", "Webex Meetings Suite", USERS, siteUrl="acme.webex.com"),
                     pool("L-CC", "Contact Center Premium Agent", 0)],
        "sites": [{"url": "acme.webex.com", "attendeeAccountEnabled": True}],
        "locations": [{"id": it, "name": it, "address": {"country": "US"}, "calling": {"mainNumber": None}} for it in LOCATIONS],
        "numbers": numbers,
        "groups": [{"id": it, "name": it, "source": "directory", "kind": "security", "members": members[it]} for it in GROUPS],
        "users": users, "workspaces": [], "devices": []}


def configuration(directory, grant):
    """Every group carries the template; with `grant` it gives all people a licence that none of them has."""
    os.makedirs(os.path.join(directory, "users"))
    extra = ", contactCenter: premium" if grant else ""
    with open(os.path.join(directory, "org.yaml"), "w") as file:
        file.write("version: 1\norg: {name: Big, assignmentMode: group}\ntemplates:\n  base: {existingUsers: true, licenses: "
                   f"{{messaging: advanced, meetings: {{acme.webex.com: host}}{extra}}}}}\ngroups:\n")
        file.writelines(f"  {group}: {{template: base, source: directory}}\n" for group in GROUPS)
    if grant:
        return
    each = OVERRIDES // 50
    for part in range(50):
        with open(os.path.join(directory, "users", f"{part:02}.yaml"), "w") as file:
            file.write("users:\n")
            for i in range(part * each, part * each + each):
                file.write(f"  {email(i * (USERS // OVERRIDES))}:\n    licenses: {{add: {{contactCenter: premium}}}}\n")


def write(some, everybody, path):
    configuration(some, grant=False)
    configuration(everybody, grant=True)
    with open(path, "w") as file:
        json.dump(snapshot(), file, indent=1)


def measure(command):
    """Seconds on the wall, seconds of processor, peak of memory in MiB."""
    begun = time.time()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        sys.exit(f"{command}: exit code {code}")
    return time.time() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    with tempfile.TemporaryDirectory() as root:
        some, everybody = os.path.join(root, "some"), os.path.join(root, "everybody")
        path = os.path.join(root, "snapshot.json")
        # In a process of its own: a child's peak of memory begins with what its parent has.
        writer = multiprocessing.Process(target=write, args=(some, everybody, path))
        writer.start()
        writer.join()
        size = os.path.getsize(path) / 2**20
        print(f"{USERS} users, {OVERRIDES} overrides, snapshot {size:.1f} MiB")
        cases = {
            "sha256sum of the snapshot": ["sha256sum", path],
            "json.load of the snapshot (Python)": [sys.executable, "-c", f"import json; json.load(open({path!r}, 'rb'))"],
            "validate": [TRUNKLINE, "validate", some],
            f"plan, {OVERRIDES} people change": [TRUNKLINE, "plan", some, "--snapshot", path],
            f"plan, {USERS} people change": [TRUNKLINE, "plan", everybody, "--snapshot", path],
            f"plan as JSON, {USERS} people change": [TRUNKLINE, "plan", everybody, "--snapshot", path, "--format", "json"],
        }
        best = {}
        for _ in range(3):
            for name, command in cases.items():
                best[name] = min(best.get(name, (float("inf"),)), measure(command))
        base = best["json.load of the snapshot (Python)"][0]
        print("| what | wall | against json.load | processor | peak memory | memory against snapshot |\n|---|---|---|---|---|---|")
        for name, (wall, processor, memory) in best.items():
            print(f"| {name} | {wall:.2f} s | {wall / base:.2f} | {processor:.2f} s | {memory:.0f} MiB | {memory / size:.1f} |")


main()
