"""The requests of the AI Studio, in its order: `python clients/studio_flow.py [http://127.0.0.1:8000]`.

Makes a project, its script, narration, pictures, one picture again and the video, and prints what came back.
A server of `make run` needs no login for it.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import requests

IDEA = {
    "title": "The keeper of Gull Rock",
    "description": "A storm is coming and the lamp has gone out. The keeper rows out to the rock. At dawn the "
    "light is back.",
    "language": "en",
    "use_case": "storytelling",
    "script_style": "dramatic",
}
PROMPTS = (
    "a lighthouse in a storm at night", "a small boat on a wild sea", "a lighthouse at dawn, calm sea",
)  # fmt: skip


def main(base: str) -> int:
    """Run the flow; 0 when the video is there."""
    project = _send("post", f"{base}/projects", IDEA)
    path = f"{base}/projects/{project['id']}"
    print("script:", _stage(path, "generate-script", {})["script_text"])
    print("audio:", _stage(path, "generate-audio", {"voice_id": "onyx"})["audio_url"])
    images = [{"prompt": one, "url": None} for one in PROMPTS]
    for image in _stage(path, "generate-images", {"images": images})["images"]:
        print("picture:", image["url"])
    again = {"prompt": "a small boat, a woman rowing at night"}
    print("again:", _stage(path, "generate-images/1", again)["image_url"])
    wanted = {"resolution": "720p", "fps": 30, "template": "ken_burns", "background_music": "cinematic"}
    video = _stage(path, "generate-video", wanted)
    print("video:", video["video_url"], f"({video['duration']} s)")
    return 0 if video["video_url"] else 1


def _stage(project: str, stage: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a stage has made; one that takes longer than its answer may wait is followed to its end."""
    answer = _send("post", f"{project}/{stage}", body)
    while answer.get("status") == "processing":
        job = _send("get", f"{project}/jobs/{answer['job_id']}")
        if job["status"] == "processing":
            print(f"{stage}: {job['progress']} %")
            time.sleep(2)
        elif job["status"] == "completed":
            answer = job["result"]
        else:
            raise SystemExit(f"{stage}: {job['status']}: {job.get('detail') or job['message']}")
    return answer


def _send(method: str, address: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = requests.request(method, address, json=body, timeout=60)
    if not answer.ok:
        raise SystemExit(f"{address}: {answer.status_code}: {answer.text}")
    found: dict[str, Any] = answer.json()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
