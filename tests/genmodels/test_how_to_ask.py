"""The scripts that a plan gives are run as they stand, against a real server, with prompts that would break any quoting."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genmodels.review.how_to_ask import WAYS, ways
from genmodels.review.planning import planned, write_plan
from genmodels.subjects.opening import open_outputs
from genmodels.subjects.plan import matched, read_plan

HOSTILE = ('say "hi" \'there\'', "one\ntwo\r\nthree", "`touch pwned` $(touch pwned) ${HOME} %PATH%", "back\\slash \\n {braces} {0} %s", "'''\"\"\"; import os; os.mkdir('pwned')", "日本語 \u202e ü 🦊", "--help", "{group} & co; rm -rf x | cat > pwned")
TOOLS = {"image": ("diffusers", "WebUI", "ComfyUI", "OpenAI images"), "text": ("OpenAI chat: vLLM", "Ollama")}
PORTS = {"WebUI": ":7860", "ComfyUI": ":8188", "Ollama": ":11434"}
STUBS = {  # of packages that a team has and we do not
    "openai.py": """
import json, os, types, urllib.request
def _post(path, body):
    request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.loads(urllib.request.urlopen(request).read(), object_hook=lambda row: types.SimpleNamespace(**row))
class OpenAI:
    images = types.SimpleNamespace(generate=lambda **body: _post("/images/generations", body))
    chat = types.SimpleNamespace(completions=types.SimpleNamespace(create=lambda **body: _post("/chat/completions", body)))
""",
    "torch.py": """
float16 = "float16"
class Generator:
    def __init__(self, device): pass
    def manual_seed(self, seed):
        self.seed = seed
        return self
""",
    "diffusers.py": """
import types, urllib.request, json, os, io
from PIL import Image
class AutoPipelineForText2Image:
    @classmethod
    def from_pretrained(cls, name, torch_dtype): return cls()
    def to(self, device): return self
    def __call__(self, prompt, generator):
        body = json.dumps({"prompt": prompt, "seed": generator.seed}).encode()
        request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/drawn", body, {"Content-Type": "application/json"})
        return types.SimpleNamespace(images=[Image.open(io.BytesIO(urllib.request.urlopen(request).read()))])
""",
}  # fmt: skip


def picture(seed: int) -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(content, "PNG")
    return content.getvalue()


class Answering(BaseHTTPRequestHandler):
    """Answers as the usual tools do, and writes down what it was asked."""

    asked: list[tuple[str, int | None]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        drawn = base64.b64encode(picture(len(self.asked))).decode()
        answers: dict[str, Any] = {
            "/sdapi/v1/txt2img": {"images": [drawn]},
            "/v1/images/generations": {"data": [{"b64_json": drawn}]},
            "/v1/chat/completions": {"choices": [{"message": {"content": f"answer {len(self.asked)}"}}]},
            "/api/generate": {"response": f"answer {len(self.asked)}"},
            "/prompt": {},
            "/v1/drawn": {},
        }
        if self.path == "/prompt":
            graph = body["prompt"]
            self.asked.append((graph["6"]["inputs"]["text"], graph["3"]["inputs"]["seed"]))
            Path(self.folder, f"{graph['9']['inputs']['filename_prefix']}.png").write_bytes(picture(len(self.asked)))  # type: ignore[attr-defined]
        else:
            prompt = body["prompt"] if "prompt" in body else body["messages"][0]["content"]
            self.asked.append((prompt, body.get("seed", body.get("options", {}).get("seed"))))
        content = picture(len(self.asked)) if self.path == "/v1/drawn" else json.dumps(answers[self.path]).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HTTPServer]:
    Answering.asked, Answering.folder = [], str(tmp_path / "answers")  # type: ignore[attr-defined]
    made = HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def script(kind: str, tool: str) -> str:
    part = next(each for each in ways(kind, 8).split("\n## ") if tool in each.splitlines()[0])
    return re.search(r"```python\n(.*?)```", part, re.DOTALL)[1]  # type: ignore[index]


@pytest.mark.parametrize(("kind", "tool"), [(kind, tool) for kind, tools in TOOLS.items() for tool in tools])
def test_every_prompt_arrives_as_it_is_and_its_answer_comes_back(kind: str, tool: str, tmp_path: Path, server: HTTPServer) -> None:
    prompts = [each.replace("{group}", "they") for each in HOSTILE]
    write_plan(planned(kind, ["repeats"], prompts), tmp_path)
    (tmp_path / "graph.json").write_text(json.dumps({node: {"inputs": {}} for node in "369"}))
    (tmp_path / "answers").mkdir(exist_ok=True)
    for name, text in STUBS.items():
        (tmp_path / name).write_text(text)
    port = server.server_port
    code = script(kind, tool).replace(PORTS.get(tool, "nothing"), f":{port}")
    (tmp_path / "ask.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "ask.py"], cwd=tmp_path, env={"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "PATH": "", "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    plan = read_plan(tmp_path)
    assert [prompt for prompt, _ in Answering.asked] == [each.prompt for each in plan.questions] and {each.prompt for each in plan.questions} == set(prompts)
    if tool != "OpenAI images":
        assert [seed for _, seed in Answering.asked] == [each.seed for each in plan.questions]
    outputs = open_outputs(tmp_path / ("answers" if kind == "image" else "answers.jsonl"))
    _, matching = matched(plan, outputs)
    assert matching.answered == matching.asked and not any(matching.unfit.values())
    assert not list(tmp_path.rglob("pwned"))


def test_the_tools_that_are_named_are_there_and_nothing_of_a_prompt_stands_in_a_script() -> None:
    for kind, tools in TOOLS.items():
        text = ways(kind, 8)
        assert all(any(tool in line for line in text.splitlines() if line.startswith("## ")) for tool in tools) and len(WAYS[kind][1]) == len(tools)
        for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
            compile(block, "ask.py", "exec")
