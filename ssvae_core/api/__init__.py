"""The HTTP face of the sessions: what the browser side of a page talks to.

Small things come as JSON from `state`, with versions of the large ones, which come as bytes:

    GET  /api/sessions/{session}/state?after=V&wait=S
                                                 all that is small; waits until it is not V
    GET  /api/sessions/{session}/labels          N x uint8: class id, or 255 none, 254 unsure,
                                                 253 junk, 252 skipped
    GET  /api/sessions/{session}/map?view=       N x 2 float32, in [0, 1], y upwards; by pca, style
    GET  /api/sessions/{session}/guesses         4 planes of N x uint8: best class, its
                                                 probability in 255ths, second class, its
    GET  /api/sessions/{session}/odd             N x uint8: how odd to the model, 0 not asked
    GET  /api/sessions/{session}/annotators      who made each labelled example what it is
    GET  /api/sessions/{session}/domains         N x uint8: place in the state's data.domains,
                                                 255 none
    GET  /api/sessions/{session}/samples/{name}  [K x] columns x H x W x C uint8
    GET  /api/sessions/{session}/samples/{name}/nearest
                                                 [K x] columns int32: the nearest real image
    GET  /api/sessions/{session}/queue?strategy=&n=&without=1,2&mix=&class=
    GET  /api/sessions/{session}/card?example=   what helps to say what one image is
    GET  /api/sessions/{session}/neighbours?example=&n=
                                                 who is near it in latent space, nearest first
    GET  /api/sessions/{session}/spaces          in which examples can be compared
    GET  /api/sessions/{session}/alike?example=&n=&by=
                                                 who is near it in one of these spaces
    GET  /api/sessions/{session}/groups          groups that are proposed, or how far that is
    GET  /api/sessions/{session}/groups/members  N x uint16: its group; N x uint8: 1 if seen by eye
    POST /api/sessions/{session}/groups          {"do": propose, cancel, split or join, "n",
                                                 "space", "group"}: the new state
    GET  /api/sessions/{session}/history?n=      what was done, newest first
    GET  /api/sessions/{session}/runs            what was trained with which options, and how well
    GET  /api/sessions/{session}/figure/accuracy
                                                 a Plotly figure
    GET  /api/sessions/{session}/redraw?example=
                                                 H x W x C uint8
    GET  /api/sessions/{session}/review/{audit|matrix|cell|doubts|disagreements|groups}
                                                 the audit also ?domain=, by its place
    GET  /api/sessions/{session}/explore/decoder?frozen=
                                                 the model's decoder as a program, its weights as
                                                 float16; without the frozen ones if they are named
    GET  /api/sessions/{session}/explore/codes?space=code|style
                                                 N x d float16, and what each dimension tells
    GET  /api/sessions/{session}/explore/posterior?example=&class=
                                                 what is inferred of it, the terms of its bound
    POST /api/sessions/{session}/explore/decode  {"space", "z": rows, "classes"}: n x H x W x C
                                                 uint8, drawn by the app's copy
    GET  /api/sessions/{session}/moments         what was guessed and drawn with fewer labels
    GET  /api/sessions/{session}/moments/{moment}/{guesses|drawings|map|confusion}
                                                 3 x N uint8: class, confidence, label; K x
                                                 columns x H x W x C uint8; N x 2 float32; JSON
    GET  /api/sessions/{session}/explore/paper   what the images of the set lie on
    GET  /api/sessions/{session}/explore/samples?classes=0,1&n=&seed=&temperature=&mean=1
                                                 k x n x H x W x C uint8, new ones of classes,
                                                 then k x n: 1 of what is no picture
    POST /api/sessions/{session}/explore/place   {"name", "file" | "kept" | "pixels" and "shape"}:
                                                 where an image lies, and what it is taken for; a
                                                 file is kept, and the answer's "kept" names it
    GET  /api/sessions/{session}/explore/dropped/{image}   such a file, as it came
    POST /api/sessions/{session}/explore/nearest {"images"}: the nearest real ones
    GET  /api/sessions/{session}/columns         of rows of numbers: names, between which values
    GET  /api/sessions/{session}/columns/row?example=
                                                 its values, and the share of rows below each
    GET  /api/sessions/{session}/columns/values?column=
                                                 N float32, nan where missing
    POST /api/sessions/{session}/columns/parallel
                                                 {"examples", "class"}: rows of a selection, or a
                                                 class's drawings, beside others
    GET  /api/data/{fingerprint}/images?ids=1,2  ids x H x W x C uint8
    POST /api/sessions/{session}/events          {"ops": [...]}, done in order
    POST /api/sessions/{session}/trainer         {"command": ...} or {"when": {"mode": ...,
                                                 "labels": n, "seconds": t}}
    POST /api/sessions/{session}/choices         {"model", "networks", "likelihood", "batch",
                                                 "autoencoder"}: some of these

Texts, where the examples are some, see texts.py:

    GET  /api/sessions/{session}/texts?ids=1,2   {"texts"}: the beginning of each
    GET  /api/sessions/{session}/text?example=   {"text", "class", "keywords"}: all of one, and its
                                                 words that speak for its label or guess

Models side by side, see comparing.py:

    GET  /api/sessions/{session}/compare?by=     members, how far they are, errors, settings
    GET  /api/sessions/{session}/compare/guesses?member=&labels=&of=
                                                 2 planes of N x uint8: class, probability; of the
                                                 model alone, or together with propagation
    GET  /api/sessions/{session}/compare/draws?member=&labels=
                                                 rows x columns x H x W x C uint8
    GET  /api/sessions/{session}/compare/{confusion|disagreements}
                                                 ?labels=&by= and ?labels=&n=
    POST /api/sessions/{session}/compare         {"do": add, train, cancel, remove, order or use,
                                                 ...}: the new state

Data sets, and how images come in (at most one import at a time):

    GET  /api/data                               bundled and imported sets, the import's state
    POST /api/data/uploads                       {"name", "files": n, "bytes": n}: its id, and
                                                 how much of each file is there already
    GET  /api/data/uploads/{upload}              how much of each file is there
    POST /api/data/uploads/{upload}/parts        bytes: parts of files, see importing/uploads.py
    POST /api/data/imports                       {"upload" | "path" | "again": set} and "name",
                                                 "side", "channels", "role", "to": set
    GET  /api/data/joining?set=&of=&as_they_are=1
                                                 some images before and after, and sessions
    POST /api/data/joining                       {"set", "of": set, "as_they_are", "session"}: two
                                                 become one with two domains, an import
    GET  /api/data/imports                       how far it is
    POST /api/data/imports/cancel                drops it
    GET  /api/data/sets/{set}/{report|report.csv|skipped|images}
                                                 ?reason= of skipped, ?ids= of images
    POST /api/data/sets/{set}/{rename|role|delete|open}
    POST /api/data/sets/{set}/encoder            {"encoder": "onnx:FILE", "network": "none", "ask"
                                                 or "download"}: what has to be opened first is
                                                 told in /api/data
    POST /api/data/encoder/cancel                lets an encoder go that is being opened
    GET  /api/data/ready/{set}/thumbnails        4 x H x W x C uint8, of a bundled set
    GET  /api/data/learning/places               n x 2 float32: the map that forms while an M1
                                                 learns, before a session is opened
    POST /api/data/learning/{stop|go-on}

What goes out (at most one export at a time):

    GET  /api/sessions/{session}/exports         formats, exports so far, what is written
    GET  /api/sessions/{session}/exports/count?what=&min_confidence=&junk=
    POST /api/sessions/{session}/exports         {"format", "what", "min_confidence", "with_junk",
                                                 "images": originals or copies}
    POST /api/sessions/{session}/exports/cancel
    GET  /api/sessions/{session}/exports/{export}/{zip|page}

Lessons (at most one runs at a time):

    GET  /api/lessons                            what each says and asks, the images of one's own
                                                 that it may run on, the run under way
    GET  /api/lessons/{name}/state?value=&free=  what ships of it at this place of its knobs
    GET  /api/lessons/{name}/run?value=&free=&seed=&data=
                                                 what it came to here; null if it was not run
    GET  /api/lessons/runs                       how far the run is
    POST /api/lessons/runs                       {"lesson", "value", "free", "seed", "data"}
    POST /api/lessons/runs/cancel

For those who run the app, see operating.py; the first is open without a login:

    GET  /health                                 {"status": "ok"}, or 503 and why
    GET  /metrics                                figures as Prometheus reads them

Who asks is in the cookie `ssvae_person`, or where a login is configured, in the cookie that this
has signed; without it the answer is 401. An error is {"error": a sentence}, its status that of its
kind in http.py. Requests from other sites and ports are refused, see protection.py, and a POST must
be JSON, see body.py.
"""

from __future__ import annotations

from typing import cast

from starlette.routing import Route

from ..operation.metrics import RequestCounts
from ..session.workspace import Workspace
from . import (
    columns,
    comparing,
    drawing,
    exploring,
    exporting,
    grouping,
    importing,
    labelling,
    lessons,
    moments,
    operating,
    pretraining,
    reviewing,
    texts,
)
from .address import PublicAddress, public_address
from .http import Handler, Who, known_by, named_by_cookie
from .observing import observed
from .operating import HEALTH, METRICS, by_token
from .protection import LOCAL_NAMES, Protection

__all__ = [
    "LOCAL_NAMES",
    "Protection",
    "PublicAddress",
    "named_by_cookie",
    "public_address",
    "routes",
]

PARTS = (
    *(labelling, grouping, reviewing, exploring, drawing, moments, columns),
    *(importing, pretraining, exporting, comparing, lessons, texts),
)


def routes(workspace: Workspace, who: Who = named_by_cookie, below: str = "") -> list[Route]:
    """All routes, for a server that holds this workspace, and for those whom `who` knows.

    `below` is the folder of the address that they are in: "" or "/lab".
    """
    found = [route for part in PARTS for route in part.routes(workspace)]
    counts = RequestCounts()
    found += operating.routes(workspace, counts)
    return [
        Route(
            f"{below}{route.path}",
            observed(counts, route.path, _asked(who, route)),
            methods=list(route.methods or ()),
        )
        for route in found
    ]


def _asked(who: Who, route: Route) -> Handler:
    """Its handler, for those whom `who` knows; or who needs no login for it, see operating.py."""
    known = known_by(who, route.endpoint)
    if route.path == HEALTH:
        return cast(Handler, route.endpoint)
    return by_token(route.endpoint, known) if route.path == METRICS else known
