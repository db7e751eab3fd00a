"""Knowledge that a process loads twice is the same: tests load it once (parsed_once.py), so one does it plainly."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# run by a Python of its own, in which nothing is kept between the two
PROGRAM = """
from importlib import resources
from cards import load_knowledge
from tests.cards.chart import NOW, snapshot
from cards import decide
site = "units: {first: mmol/L}\\n"
told = [load_knowledge(resources.files("cards.knowledge"), site, "site.yaml") for _ in range(2)]
shot = snapshot({"magnesium": 1.0, "labs": {"potassium": 3.0, "egfr": 40}, "medications": ["omeprazole 20 mg"]})
bodies = [[card.body for card in decide(shot, known, NOW, lambda: "-").cards] for known in told]
assert told[0] is not told[1] and told[0].version == told[1].version
assert bodies[0] == bodies[1] != []
"""


def test_knowledge_that_is_loaded_again_decides_alike() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
