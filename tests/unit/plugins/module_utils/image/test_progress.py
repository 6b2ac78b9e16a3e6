# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.image.progress import Progress

MB = 1_000_000


def moving(status, layer, current, total):
    return {"status": status, "id": layer, "progressDetail": {"current": current, "total": total}}


@pytest.mark.parametrize(
    ("action", "messages", "line"),
    [
        pytest.param("pull", [{"status": "Pulling from team/app", "id": "1"}], "", id="nothing yet"),
        pytest.param(
            "pull",
            [
                {"status": "Already exists", "id": "a"},
                {"status": "Pulling fs layer", "progressDetail": {}, "id": "b"},
                moving("Downloading", "b", 5 * MB, 20 * MB),
                moving("Downloading", "c", 10 * MB, 10 * MB),
                {"status": "Download complete", "progressDetail": {}, "id": "c"},
                moving("Extracting", "c", 1, 10 * MB),
            ],
            "pull app:1  1/3 layers · 15/30 MB",
            id="layers that come",
        ),
        pytest.param(
            "pull",
            [moving("Downloading", "b", 1 * MB, 20 * MB), {"status": "Pull complete", "id": "b"}],
            "pull app:1  1/1 layers · 20/20 MB",
            id="layers that are there",
        ),
        pytest.param(
            "push",
            [
                {"status": "Layer already exists", "id": "a"},
                {"status": "Mounted from team/other", "id": "b"},
                moving("Pushing", "c", 2 * MB, 4 * MB),
            ],
            "push app:1  2/3 layers · 2/4 MB",
            id="layers that go",
        ),
        pytest.param(
            "push", [{"status": "Preparing", "progressDetail": {}, "id": "a"}], "push app:1  0/1 layers", id="no sizes"
        ),
        pytest.param(
            "load",
            [{"bytes": 3 * MB}, moving("Loading layer", "a", 4 * MB, 4 * MB), moving("Loading layer", "b", 1, 4 * MB)],
            "load app:1  1/2 layers · 4/8 MB",
            id="layers of an archive",
        ),
        pytest.param("save", [{"bytes": 3 * MB}, {"bytes": 2 * MB}], "save app:1  5 MB", id="bytes of an archive"),
        pytest.param("save", [{"bytes": 3}], "", id="few of them"),
        pytest.param(
            "build",
            [{"stream": "Step 2/5 : RUN make all\n"}, {"stream": "it makes\n"}],
            "build app:1  step 2/5 · RUN make all",
            id="a step",
        ),
        pytest.param(
            "build",
            [{"stream": "Step 2/5 : RUN " + "x" * 100}],
            "build app:1  step 2/5 · RUN " + "x" * 56,
            id="a long step",
        ),
    ],
)
def test_the_line(action, messages, line):
    progress, lines = Progress(action, "app:1"), []
    for message in messages:
        lines.append(progress.add(message))
    assert lines[-1] == line
