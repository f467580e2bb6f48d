"""Did every job end once, with one asset and one charge? MongoDB, storage and the provider's books tell."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from pymongo.database import Database

FINAL = ("completed", "failed", "cancelled")


def violations(
    database: Database[dict[str, Any]], media: Path, ledger: dict[str, Any], ordered: dict[str, str]
) -> list[str]:
    """Every broken invariant with the ids at fault; `ordered` maps the acknowledged jobs to their prompts."""
    jobs = {str(row["_id"]): row for row in database["jobs"].find()}
    assets = list(database["assets"].find())
    found = [f"I1 lost: {key}" for key in ordered if key not in jobs]
    found += [
        f"I1 not at its end: {key} {row['status']} {row.get('step')} due {row.get('due')} "
        f"attempts {row.get('attempts')} retries {row.get('retry_count')} yielded {row.get('yielded')}"
        for key, row in jobs.items()
        if row["status"] not in FINAL
    ]
    found += _steps(jobs)
    found += _assets(jobs, assets, media)
    found += _charges(jobs, ledger)
    found += _errors(jobs)
    return found


def orphans(database: Database[dict[str, Any]], media: Path) -> list[str]:
    """I6: after the sweep of forgotten files, every stored file belongs to an asset, and no bytes wait."""
    named: set[str] = set()
    for asset in database["assets"].find():
        previews = (asset["file"], *(asset.get("previews") or []))
        named |= {file["key"] for file in previews}
    stems = {name.rsplit(".", 1)[0] for name in named}
    return [
        f"I6 no asset names {path.relative_to(media)}"
        for path in media.rglob("*")
        if path.is_file()
        and not any(str(path.relative_to(media)).startswith(stem) for stem in stems)
    ]


def _errors(jobs: dict[str, dict[str, Any]]) -> list[str]:
    """I11: who failed says why, and nothing that was written down holds a key."""
    found = [
        f"I11 failed without a code: {key}"
        for key, row in jobs.items()
        if row["status"] == "failed" and not row.get("error_code")
    ]
    secret = ("sk-live-", "Traceback", "Authorization")
    return found + [
        f"I11 a secret or a trace: {key}"
        for key, row in jobs.items()
        if any(word in str(row) for word in secret)
    ]


def _steps(jobs: dict[str, dict[str, Any]]) -> list[str]:
    """I2 and I3: nothing follows an end, and time does not go back."""
    found = []
    for key, row in jobs.items():
        steps = row.get("steps") or []
        names = [step["name"] for step in steps]
        ends = [number for number, name in enumerate(names) if name in FINAL]
        if ends and ends[0] != len(names) - 1:
            found.append(f"I2 moved after its end: {key} {names}")
        times = [step["at"] for step in steps]
        if times != sorted(times):
            found.append(f"I3 time went back: {key}")
    return found


def _assets(
    jobs: dict[str, dict[str, Any]], assets: list[dict[str, Any]], media: Path
) -> list[str]:
    """I4 and I5: a completed job has exactly one asset whose bytes are whole; others have none."""
    made = Counter(asset["metadata"]["jobId"] for asset in assets)
    found = []
    for key, row in jobs.items():
        wanted = 1 if row["status"] == "completed" else 0
        if made[key] != wanted:
            found.append(f"I4 {row['status']} with {made[key]} assets: {key}")
    for asset in assets:
        path = media / asset["file"]["key"]
        if not path.is_file():
            found.append(f"I4 no file: {asset['_id']}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != asset["metadata"]["sha256"]:
            found.append(f"I4 other bytes: {asset['_id']}")
    return found


def _charges(jobs: dict[str, dict[str, Any]], ledger: dict[str, Any]) -> list[str]:
    """I7: the provider was paid at most once for each job."""
    paid = Counter(charge["prompt"] for charge in ledger["charges"])
    prompts = {row["prompt"]: key for key, row in jobs.items()}
    return [
        f"I7 paid {count} times: {prompts.get(prompt, prompt)}"
        for prompt, count in paid.items()
        if count > 1
    ]
