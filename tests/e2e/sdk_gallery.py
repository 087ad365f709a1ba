"""Every component of the SDK's widgets, in JSON that the SDK itself has checked."""

from typing import Any, cast, get_args

from chatkit.widgets import StrictWidgetComponent, StrictWidgetRoot, WidgetRoot
from pydantic import TypeAdapter

JSON = dict[str, Any]

ROOTS: TypeAdapter[Any] = TypeAdapter(StrictWidgetRoot)


def widget(root: JSON) -> WidgetRoot:
    """The widget that the SDK makes of ``root``; every field has to be one of its own."""
    return cast(WidgetRoot, ROOTS.validate_python(root))


def text(value: str, **more: Any) -> JSON:
    return {"type": "Text", "value": value, **more}


TEXTS = widget(
    {
        "type": "Card",
        "size": "full",
        "status": {"text": "From the handbook", "icon": "book-open"},
        "children": [
            {"type": "Title", "value": "Relays at a glance", "size": "lg"},
            {"type": "Caption", "value": "Updated this morning"},
            text("A relay switches a large current with a small one."),
            text("Cut to one line: " + "words that go on and on " * 6, truncate=True, color="secondary"),
            text(
                "Held to two lines. " + "They go on, and what is behind them is not shown. " * 6, maxLines=2, size="sm"
            ),
            text("Old price", lineThrough=True, size="sm", color="tertiary"),
            text("Note well", italic=True, weight="semibold", color="success"),
            {"type": "Markdown", "value": "**Bold**, `code` and a [link](/p#p):\n\n- one\n- two"},
            {"type": "Divider"},
            {
                "type": "Row",
                "gap": 2,
                "wrap": "wrap",
                "children": [
                    {"type": "Badge", "label": "Open", "color": "success"},
                    {"type": "Badge", "label": "Draft", "color": "secondary", "variant": "outline"},
                    {"type": "Badge", "label": "Broken", "color": "danger", "variant": "solid", "pill": True},
                    {"type": "Badge", "label": "Soon", "color": "warning"},
                    {"type": "Badge", "label": "Info", "color": "info"},
                    {"type": "Badge", "label": "New", "color": "discovery", "size": "sm"},
                ],
            },
            {
                "type": "Row",
                "children": [
                    {"type": "Icon", "name": "sparkle", "color": "warning"},
                    {"type": "Icon", "name": "lucide:refresh-cw", "size": "lg"},
                    {"type": "Icon", "name": "calendar", "size": "xl", "color": "blue-600"},
                    {"type": "Spacer"},
                    {"type": "Caption", "value": "at the far end"},
                ],
            },
        ],
    }
)

BOXES = widget(
    {
        "type": "Basic",
        "gap": 3,
        "children": [
            {
                "type": "Row",
                "gap": 3,
                "align": "stretch",
                "children": [
                    {
                        "type": "Box",
                        "flex": 1,
                        "padding": 3,
                        "radius": "lg",
                        "background": "surface-secondary",
                        "children": [text("A third"), {"type": "Caption", "value": "in a box"}],
                    },
                    {
                        "type": "Box",
                        "flex": "2",
                        "padding": {"x": 4, "y": 3},
                        "radius": "lg",
                        "border": {"size": 1, "color": "strong", "style": "dashed"},
                        "background": {"light": "#eef4ff", "dark": "#182438"},
                        "children": [text("Two thirds", color={"light": "blue-900", "dark": "blue-100"})],
                    },
                ],
            },
            {
                "type": "Col",
                "gap": 1,
                "padding": "8px",
                "border": {"top": 2, "bottom": {"size": 1}},
                "children": [
                    text("In a column"),
                    {"type": "Transition", "children": text("in a transition", size="sm", color="secondary")},
                ],
            },
            {
                "type": "Row",
                "children": [
                    {"type": "Image", "src": "/relay.png", "alt": "A relay", "size": 72, "radius": "md", "frame": True},
                    {"type": "Image", "src": "https://elsewhere.example/x.png", "alt": "A picture from elsewhere"},
                ],
            },
        ],
    }
)

LIST = widget(
    {
        "type": "ListView",
        "limit": 2,
        "status": {"text": "Three chapters", "icon": "notebook"},
        "children": [
            {
                "type": "ListViewItem",
                "onClickAction": {"type": "chapter.open", "payload": {"chapter": number}},
                "children": [
                    {"type": "Icon", "name": "document"},
                    {
                        "type": "Col",
                        "flex": 1,
                        "children": [text(f"Chapter {number}", weight="semibold"), {"type": "Caption", "value": title}],
                    },
                    {"type": "Icon", "name": "chevron-right", "color": "secondary"},
                ],
            }
            for number, title in ((1, "Soil and its moisture"), (2, "Water, relays and pumps"), (3, "Plants"))
        ],
    }
)

FORM = widget(
    {
        "type": "Card",
        "size": "full",
        "children": [
            {
                "type": "Form",
                "direction": "col",
                "gap": 3,
                "onSubmitAction": {"type": "note.save", "payload": {"id": 7}},
                "children": [
                    {"type": "Title", "value": "Note a measurement", "size": "sm"},
                    {"type": "Label", "value": "Plant", "fieldName": "plant.name"},
                    {"type": "Input", "name": "plant.name", "required": True, "placeholder": "Basil"},
                    {"type": "Label", "value": "Remarks", "fieldName": "remarks"},
                    {"type": "Textarea", "name": "remarks", "rows": 2, "defaultValue": "Dry on top."},
                    {
                        "type": "Select",
                        "name": "bed",
                        "placeholder": "Which bed?",
                        "onChangeAction": {"type": "bed.chosen", "payload": {"from": "form"}},
                        "options": [
                            {"value": "n", "label": "North"},
                            {"value": "s", "label": "South", "description": "sunny"},
                            {"value": "w", "label": "West", "disabled": True},
                        ],
                    },
                    {"type": "DatePicker", "name": "day", "placeholder": "Day", "defaultValue": "2026-03-01T00:00:00"},
                    {
                        "type": "RadioGroup",
                        "name": "wet",
                        "ariaLabel": "How wet",
                        "direction": "row",
                        "defaultValue": "dry",
                        "options": [
                            {"label": "Dry", "value": "dry"},
                            {"label": "Moist", "value": "moist"},
                            {"label": "Wet", "value": "wet"},
                        ],
                    },
                    {"type": "Checkbox", "name": "watered", "label": "Watered since"},
                    text("Basil in the window", editable={"name": "title"}),
                    {
                        "type": "Row",
                        "children": [
                            {"type": "Button", "label": "Save", "submit": True, "iconStart": "check"},
                            {
                                "type": "Button",
                                "label": "Preview",
                                "onClickAction": {"type": "note.preview", "streaming": False},
                            },
                            {
                                "type": "Button",
                                "label": "Copy",
                                "variant": "ghost",
                                "onClickAction": {"type": "note.copy", "handler": "client", "payload": {"what": "all"}},
                            },
                        ],
                    },
                ],
            }
        ],
    }
)

CARD_FORM = widget(
    {
        "type": "Card",
        "asForm": True,
        "size": "full",
        "theme": "dark",
        "children": [
            {"type": "Title", "value": "Book a place", "size": "sm"},
            {"type": "Input", "name": "email", "inputType": "email", "placeholder": "Your address", "required": True},
        ],
        "confirm": {"label": "Book", "action": {"type": "place.book", "payload": {"place": 3}}},
        "cancel": {"label": "No, thanks", "action": {"type": "place.refuse"}},
    }
)

BUTTONS = widget(
    {
        "type": "Card",
        "size": "full",
        "children": [
            {
                "type": "Row",
                "wrap": "wrap",
                "children": [
                    {"type": "Button", "label": "Primary", "style": "primary", "onClickAction": {"type": "one"}},
                    {"type": "Button", "label": "Secondary", "style": "secondary", "onClickAction": {"type": "two"}},
                    {"type": "Button", "label": "Soft", "variant": "soft", "color": "info"},
                    {"type": "Button", "label": "Delete", "variant": "solid", "color": "danger", "iconStart": "bug"},
                    {"type": "Button", "label": "Ghost", "variant": "ghost", "size": "sm"},
                    {"type": "Button", "label": "Pill", "variant": "outline", "pill": True, "size": "lg"},
                    {"type": "Button", "iconStart": "plus", "uniform": True, "variant": "soft"},
                    {"type": "Button", "label": "Off", "disabled": True},
                ],
            },
            {"type": "Button", "label": "As wide as the card", "block": True, "style": "primary"},
        ],
    }
)

CHART = widget(
    {
        "type": "Card",
        "size": "full",
        "children": [
            {"type": "Title", "value": "Water by month", "size": "sm"},
            {
                "type": "Chart",
                "data": [
                    {"month": "Jan", "rain": 40, "can": 12},
                    {"month": "Feb", "rain": 31, "can": 20},
                    {"month": "Mar", "rain": 55, "can": 8},
                ],
                "series": [
                    {"type": "bar", "dataKey": "rain", "label": "Rain (mm)"},
                    {"type": "line", "dataKey": "can", "label": "Can (l)", "color": "green"},
                ],
                "xAxis": {"dataKey": "month", "labels": {"Jan": "January"}},
            },
        ],
    }
)

WIDGETS = [TEXTS, BOXES, LIST, FORM, CARD_FORM, BUTTONS, CHART]

COMPONENTS = frozenset(
    component.model_fields["type"].default
    for component in (*get_args(get_args(StrictWidgetComponent)[0]), *get_args(get_args(StrictWidgetRoot)[0]))
)
"""All that the SDK knows."""


def types_in(root: Any) -> set[str]:
    """The types of all nodes."""
    nodes = [root if isinstance(root, dict) else root.model_dump(mode="json")]
    found: set[str] = set()
    while nodes:
        node = cast(JSON, nodes.pop())
        found.add(node["type"])
        children = node.get("children") or []
        nodes += children if isinstance(children, list) else [children]
    return found
