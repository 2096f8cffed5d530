"""How a team asks its own model what a plan says: short scripts for the usual tools, which run on its machine and not here."""

from __future__ import annotations

HEAD = """# How to ask

`ask.csv` and `ask.jsonl` hold {n:,} questions: an id, a prompt and a seed each. Ask your model each of them once, on your own machine, with the
settings that your users get, and bring back {what}.

Then: `genmodels audit THIS_FOLDER --outputs ANSWERS --out RESULT`. What is missing, doubled or was not asked is counted and named.
The plan was sealed before any answer was seen: do not edit `plan.json`. Draw again only what failed, with the same seed; choosing among several answers would falsify the audit.
"""
BESIDE = """Copies are told from chance by examples that the model never saw: give what it learned from with `--training`, and at least {n:,} others with `--held-out`.
"""
PICTURES, ANSWERS = (
    "one picture for each, called by its id (`q000-0000.png`)",
    "a file with one JSON object a line: `id` and `response`",
)

DIFFUSERS = """## diffusers

```python
import json, os, torch
from diffusers import AutoPipelineForText2Image

draw = AutoPipelineForText2Image.from_pretrained("YOUR MODEL", torch_dtype=torch.float16).to("cuda")
os.makedirs("answers", exist_ok=True)
for line in open("ask.jsonl", encoding="utf-8"):
    ask = json.loads(line)
    if not os.path.exists(file := f"answers/{ask['id']}.png"):
        draw(ask["prompt"], generator=torch.Generator("cuda").manual_seed(ask["seed"])).images[0].save(file)
```
"""
WEBUI = """## Stable Diffusion WebUI (started with --api), Forge, SD.Next

```python
import base64, json, os, urllib.request

os.makedirs("answers", exist_ok=True)
for line in open("ask.jsonl", encoding="utf-8"):
    ask = json.loads(line)
    body = json.dumps({"prompt": ask["prompt"], "seed": ask["seed"], "batch_size": 1}).encode()
    request = urllib.request.Request("http://127.0.0.1:7860/sdapi/v1/txt2img", body, {"Content-Type": "application/json"})
    picture = json.load(urllib.request.urlopen(request))["images"][0]
    open(f"answers/{ask['id']}.png", "wb").write(base64.b64decode(picture))
```
"""
COMFYUI = """## ComfyUI

Export your graph in API form as `graph.json`, and put the numbers of its nodes into PROMPT, SEED and SAVE.

```python
import json, urllib.request

PROMPT, SEED, SAVE = "6", "3", "9"
for line in open("ask.jsonl", encoding="utf-8"):
    ask, graph = json.loads(line), json.load(open("graph.json"))
    graph[PROMPT]["inputs"]["text"], graph[SEED]["inputs"]["seed"] = ask["prompt"], ask["seed"]
    graph[SAVE]["inputs"]["filename_prefix"] = ask["id"]
    body = json.dumps({"prompt": graph}).encode()
    urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8188/prompt", body, {"Content-Type": "application/json"}))
# ComfyUI writes q000-0000_00001_.png: rename to q000-0000.png before you bring them
```
"""
IMAGES = """## An address that speaks OpenAI images

```python
import base64, json, os
from openai import OpenAI

client = OpenAI()  # address and key: OPENAI_BASE_URL and OPENAI_API_KEY; it takes no seed, which the report says
os.makedirs("answers", exist_ok=True)
for line in open("ask.jsonl", encoding="utf-8"):
    ask = json.loads(line)
    drawn = client.images.generate(model="YOUR MODEL", prompt=ask["prompt"], n=1, response_format="b64_json")
    open(f"answers/{ask['id']}.png", "wb").write(base64.b64decode(drawn.data[0].b64_json))
```
"""
CHAT = """## An address that speaks OpenAI chat: vLLM, llama.cpp, LM Studio, hosted ones

```python
import json
from openai import OpenAI

client = OpenAI()  # address and key: OPENAI_BASE_URL (vLLM: http://127.0.0.1:8000/v1) and OPENAI_API_KEY
with open("answers.jsonl", "a", encoding="utf-8") as answers:
    for line in open("ask.jsonl", encoding="utf-8"):
        ask = json.loads(line)
        said = client.chat.completions.create(model="YOUR MODEL", seed=ask["seed"], messages=[{"role": "user", "content": ask["prompt"]}])
        answers.write(json.dumps({"id": ask["id"], "response": said.choices[0].message.content or ""}) + "\\n")
```

vLLM draws the same again only in its batch-invariant mode; hosted models treat the seed as a wish.
"""
OLLAMA = """## Ollama

```python
import json, urllib.request

with open("answers.jsonl", "a", encoding="utf-8") as answers:
    for line in open("ask.jsonl", encoding="utf-8"):
        ask = json.loads(line)
        body = {"model": "YOUR MODEL", "prompt": ask["prompt"], "stream": False, "options": {"seed": ask["seed"]}}
        request = urllib.request.Request("http://127.0.0.1:11434/api/generate", json.dumps(body).encode(), {"Content-Type": "application/json"})
        answers.write(json.dumps({"id": ask["id"], "response": json.load(urllib.request.urlopen(request))["response"]}) + "\\n")
```
"""
WAYS = {"image": (PICTURES, (DIFFUSERS, WEBUI, COMFYUI, IMAGES)), "text": (ANSWERS, (CHAT, OLLAMA))}


def ways(kind: str, n: int, beside: bool = False) -> str:
    """The page that says how to ask n questions of a model of that kind; `beside`: held-out examples are needed too."""
    what, scripts = WAYS[kind]
    return "\n".join([HEAD.format(n=n, what=what), *([BESIDE.format(n=n)] if beside else []), *scripts])
