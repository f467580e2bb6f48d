"""Which kinds of jobs do projects have, and who does them?"""

from __future__ import annotations

from generation.ports import JobKind
from generation.running.media_jobs import MediaJobs
from generation.services.video_jobs import VideoJobs
from projects.videos.services.ordering import (
    NARRATION,
    PICTURE,
    PICTURES,
    PRODUCTION,
    SCRIPT,
    VIDEO,
)
from projects.videos.services.sets import PictureSetJobs, ProductionJobs
from projects.videos.services.stage_jobs import (
    StageJobs,
    write_narration,
    write_picture,
    write_script,
    write_video,
)


def stage_kinds() -> dict[str, JobKind]:
    """The kinds by their names; texts have their own queue, all else that of media."""
    return {
        SCRIPT: StageJobs(MediaJobs("text"), write_script),
        NARRATION: StageJobs(MediaJobs("speech"), write_narration),
        PICTURE: StageJobs(MediaJobs("image"), write_picture),
        VIDEO: StageJobs(VideoJobs(), write_video),
        PICTURES: PictureSetJobs(),
        PRODUCTION: ProductionJobs(),
    }
