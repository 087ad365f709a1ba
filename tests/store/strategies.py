"""Hypothesis strategies for whatever a thread can hold."""

from datetime import datetime, timedelta, timezone
from typing import Any, get_args

from chatkit import types, widgets
from chatkit.actions import ActionConfig
from chatkit.types import ThreadItem, ThreadMetadata
from hypothesis import strategies as st

THREAD_ID = "thr_1"

words = st.text(max_size=8) | st.sampled_from(
    ["\0", "a\0b", "\ud800", "x\udfff", "😀", "\u2028", "$class", "{}", "null"]
)
"""Text with what databases dislike; halves of a pair stand alone, as JSON knows no others."""

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(words, plain, max_size=3)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments: st.SearchStrategy[datetime] = st.datetimes(timezones=st.none() | offsets).map(
    lambda moment: moment.replace(fold=0)
)
icons = st.sampled_from(["book-open", "bolt", "vendor:x", "lucide:y"])
urls = st.sampled_from(["https://example.com", "https://example.com/ä?q=1#f", "http://[::1]:8000/x"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=2)


def build(kind: type[Any], **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Instances of ``kind`` with these parts, and defaults for all others."""
    return st.fixed_dictionaries(parts).map(lambda fields: kind(**fields))


# --- widgets

actions = build(
    ActionConfig, type=words, payload=plain, handler=st.sampled_from(["client", "server"]), streaming=st.booleans()
)
colors = words | st.fixed_dictionaries({"dark": words, "light": words})
sizes = st.integers(0, 99) | st.sampled_from(["10px", "50%"])
spacings = sizes | st.fixed_dictionaries({}, optional={"x": st.just(4.0), "top": st.just("1em")})
borders = st.integers(0, 9) | st.fixed_dictionaries({"bottom": st.fixed_dictionaries({"size": st.integers(0, 9)})})
options = st.fixed_dictionaries({"value": words, "label": words}, optional={"disabled": st.booleans()})
editables = st.just(False) | st.fixed_dictionaries({"name": words}, optional={"required": st.booleans()})
series = (
    build(widgets.BarSeries, label=maybe(words), dataKey=words, color=maybe(colors))
    | build(widgets.AreaSeries, label=maybe(words), dataKey=words, curveType=st.sampled_from([None, "step"]))
    | build(widgets.LineSeries, label=maybe(words), dataKey=words)
)
leaves = st.one_of(
    build(widgets.Text, value=words, id=maybe(words), color=maybe(colors), editable=maybe(editables)),
    build(widgets.Title, value=words, key=maybe(words), maxLines=maybe(st.integers(1, 9))),
    build(widgets.Caption, value=words, textAlign=st.sampled_from([None, "end"])),
    build(widgets.Badge, label=words, pill=maybe(st.booleans())),
    build(widgets.Markdown, value=words, streaming=maybe(st.booleans())),
    build(widgets.Divider, size=maybe(sizes), color=maybe(colors)),
    build(widgets.Icon, name=icons),
    build(widgets.Image, src=words, alt=maybe(words), margin=maybe(spacings.filter(lambda it: it != {"x": 4.0}))),
    build(widgets.Button, label=maybe(words), onClickAction=maybe(actions), iconStart=maybe(icons)),
    build(widgets.Checkbox, name=words, onChangeAction=maybe(actions)),
    build(widgets.Spacer, minSize=maybe(sizes)),
    build(widgets.Select, name=words, options=some(options), onChangeAction=maybe(actions)),
    build(widgets.DatePicker, name=words, defaultValue=maybe(moments), min=maybe(moments)),
    build(widgets.Input, name=words, pattern=maybe(words)),
    build(widgets.Label, value=words, fieldName=words),
    build(widgets.RadioGroup, name=words, options=maybe(some(options))),
    build(widgets.Textarea, name=words, rows=maybe(st.integers(1, 9))),
    build(
        widgets.Chart,
        data=some(st.dictionaries(words, words | st.integers() | st.floats(allow_nan=False), max_size=2)),
        series=some(series),
        xAxis=words | st.fixed_dictionaries({"dataKey": words}, optional={"hide": st.booleans()}),
    ),
)
DECLARED = {"key", "id", "type", "children", "self"}
extras = st.dictionaries(
    (words | st.sampled_from(["$class", "$$x", "_fields_set", "value", "copy"])).filter(
        # The SDK's own models refuse half a surrogate pair in a name.
        lambda name: name not in DECLARED and not any("\ud800" <= letter <= "\udfff" for letter in name)
    ),
    plain,
    max_size=3,
)


def _dynamic(
    kind: type[Any], types: st.SearchStrategy[str], children: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda type, children, extra: kind(type=type, children=children, **extra), types, maybe(children), extras
    )


dynamics = st.recursive(
    _dynamic(widgets.DynamicWidgetComponent, words | st.sampled_from(["Text", "Card"]), st.none()),
    lambda inner: _dynamic(
        widgets.DynamicWidgetComponent, words | st.sampled_from(["Text", "Box"]), inner | some(inner)
    ),
    max_leaves=3,
)


def _boxes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    children = maybe(some(inner))
    return st.one_of(
        build(widgets.Box, children=children, padding=maybe(spacings), border=maybe(borders)),
        build(widgets.Row, children=children, gap=maybe(sizes)),
        build(widgets.Col, children=children, background=maybe(colors)),
        build(widgets.Form, children=children, onSubmitAction=maybe(actions)),
        build(widgets.ListViewItem, children=some(inner), onClickAction=maybe(actions)),
        build(widgets.Transition, children=maybe(inner)),
    )


components = st.recursive(leaves | dynamics, _boxes, max_leaves=4)
statuses = st.fixed_dictionaries({"text": words}, optional={"favicon": words})
roots = st.one_of(
    build(
        widgets.Card,
        children=some(components),
        status=maybe(statuses),
        confirm=maybe(st.fixed_dictionaries({"label": words, "action": actions})),
        padding=maybe(spacings),
    ),
    build(widgets.ListView, children=some(build(widgets.ListViewItem, children=some(components)))),
    _dynamic(widgets.BasicRoot, st.just("Basic"), dynamics | some(dynamics)),
    _dynamic(widgets.DynamicWidgetRoot, st.sampled_from(["Card", "ListView", "Basic"]), dynamics | some(dynamics)),
)

# --- items

sources = st.one_of(
    build(types.URLSource, title=words, url=words, description=maybe(words), group=maybe(words)),
    build(types.FileSource, title=words, filename=words, timestamp=maybe(words)),
    build(types.EntitySource, title=words, id=words, icon=maybe(icons), data=objects, interactive=st.booleans()),
)
url_sources = build(types.URLSource, title=words, url=words)
file_sources = build(types.FileSource, title=words, filename=words)
uploads = build(
    types.AttachmentUploadDescriptor,
    url=urls,
    method=st.sampled_from(["POST", "PUT"]),
    headers=st.dictionaries(words, words, max_size=2),
)
attached = {"id": words, "name": words, "mime_type": words, "upload_descriptor": maybe(uploads)}
attachments = st.one_of(
    build(types.FileAttachment, **attached, metadata=maybe(objects), thread_id=maybe(words)),
    build(types.ImageAttachment, **attached, metadata=maybe(objects), preview_url=urls),
)
indicators = st.sampled_from(["none", "loading", "complete"])
tasks = st.one_of(
    build(types.CustomTask, title=maybe(words), icon=maybe(icons), content=maybe(words), status_indicator=indicators),
    build(types.SearchTask, title=maybe(words), queries=some(words), sources=some(url_sources)),
    build(types.ThoughtTask, title=maybe(words), content=words),
    build(types.FileTask, title=maybe(words), sources=some(file_sources)),
    build(types.ImageTask, title=maybe(words)),
)
summaries = build(types.CustomSummary, title=words, icon=maybe(icons)) | build(
    types.DurationSummary, duration=st.integers()
)
answers = maybe(build(types.StructuredInputAnswer, values=some(words), skipped=st.booleans()))
choices = build(types.StructuredInputMultipleChoiceOption, value=words)
inputs = st.one_of(
    build(types.StructuredInputMultipleChoice, id=words, question=words, answer=answers, options=some(choices)),
    build(types.StructuredInputFreeform, id=words, question=words, answer=answers, description=maybe(words)),
)
user_content = build(types.UserMessageTextContent, text=words) | build(
    types.UserMessageTagContent, id=words, text=words, data=objects, group=maybe(words), interactive=st.booleans()
)
annotations = build(types.Annotation, source=sources, index=maybe(st.integers()))
assistant_content = build(types.AssistantMessageContent, text=words, annotations=some(annotations))
inference = build(types.InferenceOptions, tool_choice=maybe(build(types.ToolChoice, id=words)))
workflows = build(
    types.Workflow, type=st.sampled_from(["custom", "reasoning"]), tasks=some(tasks), summary=maybe(summaries)
)

KINDS: dict[type[Any], dict[str, st.SearchStrategy[Any]]] = {
    types.UserMessageItem: {
        "content": some(user_content),
        "attachments": some(attachments),
        "quoted_text": maybe(words),
        "inference_options": inference,
    },
    types.AssistantMessageItem: {"content": some(assistant_content)},
    types.ClientToolCallItem: {"call_id": words, "name": words, "arguments": objects, "output": plain},
    types.WidgetItem: {"widget": roots, "copy_text": maybe(words)},
    types.GeneratedImageItem: {"image": maybe(build(types.GeneratedImage, id=words, url=words))},
    types.StructuredInputItem: {"inputs": some(inputs)},
    types.WorkflowItem: {"workflow": workflows},
    types.TaskItem: {"task": tasks},
    types.HiddenContextItem: {"content": plain},
    types.SDKHiddenContextItem: {"content": words},
    types.EndOfTurnItem: {},
}
"""Each kind of item and what it is made of."""

ids = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=255)
items: st.SearchStrategy[ThreadItem] = st.one_of(
    build(kind, id=ids, thread_id=st.just(THREAD_ID), created_at=moments, **parts) for kind, parts in KINDS.items()
)
threads: st.SearchStrategy[ThreadMetadata] = build(
    ThreadMetadata,
    id=ids,
    created_at=moments,
    title=maybe(words),
    metadata=objects,
    allowed_image_domains=maybe(some(words)),
    status=st.one_of(
        build(types.ActiveStatus),
        build(types.LockedStatus, reason=maybe(words)),
        build(types.ClosedStatus, reason=maybe(words)),
    ),
)


def all_kinds() -> set[type[Any]]:
    """The kinds that ChatKit has today."""
    return set(get_args(get_args(ThreadItem)[0]))
