"""What stands around an order: consents, attributes, and the adapters' validations, hooks and notifications."""

from sandbox.places import adapter_url
from sandbox.seeding.draw import Draw
from sandbox.seeding.money import Json
from sandbox.seeding.story import Story

TEXTS = {
    "sv": ("Jag godkänner köpvillkoren", "Ja tack, skicka nyhetsbrevet", "Spara mina uppgifter till nästa köp"),
    "nb": ("Jeg godtar kjøpsvilkårene", "Ja takk til nyhetsbrev", "Husk meg til neste gang"),
    "da": ("Jeg accepterer handelsbetingelserne", "Ja tak til nyhedsbrevet", "Husk mig til næste gang"),
    "de": (
        "Ich akzeptiere die AGB und die Widerrufsbelehrung",
        "Newsletter abonnieren",
        "Daten für den nächsten Einkauf merken",
    ),
    "fi": ("Hyväksyn toimitusehdot", "Tilaan uutiskirjeen", "Muista tietoni"),
    "nl": ("Ik ga akkoord met de algemene voorwaarden", "Ja, stuur mij de nieuwsbrief", "Onthoud mijn gegevens"),
}
COMPLETED = {"const": "completed"}
FINAL = {"enum": ["completed", "declined"]}


def consents(draw: Draw, story: Story) -> list[Json]:
    """The terms, which are required and agreed to wherever the order left `checkout`, and what is asked besides."""
    terms, news, remember = TEXTS[story.channel.culture[:2]]
    moved_on = len(story.transitions) > 1 and story.status != "removed"
    found = [
        {"id": "terms", "checked": moved_on or draw.chance(0.4), "text": terms, "required": True},
        {"id": "newsletter", "checked": draw.chance(0.35), "text": news, "required": False},
    ]
    if draw.chance(0.2):
        found.append({"id": "remember-me", "checked": draw.chance(0.5), "text": remember, "required": False})
    return found


def attributes(draw: Draw, story: Story) -> Json:
    """Free facts as shops leave them: flat, nested, lists; now and then a note."""
    found: Json = {
        "source": draw.weighted({"web": 6, "app": 3, "store": 1}),
        "device": draw.weighted({"mobile": 6, "desktop": 3, "tablet": 1}),
    }
    if draw.chance(0.25):
        found["campaign"] = {
            "utm_source": draw.pick(("newsletter", "search", "social")),
            "utm_campaign": f"v{1 + draw.randrange(52)}",
        }
    if draw.chance(0.1):
        found["customerGroups"] = draw.pick((["member"], ["member", "gold"], ["staff"]))
    if draw.chance(0.05):
        found["deliveryNote"] = draw.pick(
            ("Portkod 4711", "Ställ det bakom garaget, hunden är snäll", "Bitte beim Nachbarn abgeben")
        )
    if story.placed:
        found["commerceOrderId"] = 900_000 + story.index
    return found


def callbacks(draw: Draw, adapters: list[str]) -> Json:
    """Validations, hooks and notifications of the platform, the shipping and the payment adapters of one order."""
    return {
        "validations": [_validation(draw, adapter) for adapter in ("norce_adapter", *adapters[:1])],
        "hooks": [_hook(draw, "norce_adapter", "/state", "/attributes"), *_other_hooks(draw, adapters)],
        "notifications": _notifications(draw),
    }


def _validation(draw: Draw, adapter: str) -> Json:
    behaviour = draw.weighted({"pass": 97, "fail": 3})
    url = f"{adapter_url(adapter)}/validations/{behaviour}?order={{order_id}}"
    return {"id": draw.token("oc_"), "adapterId": adapter, "url": url}


def _hook(draw: Draw, adapter: str, subscribe_to: str, target: str) -> Json:
    behaviour = draw.weighted({"approve": 97, "reject": 2, "error": 1})
    return {
        "id": draw.token("oc_"),
        "adapterId": adapter,
        "subscribeTo": subscribe_to,
        "target": target,
        "invoke": f"{adapter_url(adapter)}/hooks/{behaviour}",
        "version": "v0",
    }


def _other_hooks(draw: Draw, adapters: list[str]) -> list[Json]:
    """Carriers follow the basket, payments follow the total."""
    return [
        _hook(draw, adapter, "/cart", "/shippings" if adapter in ("ingrid_adapter", "nshift_adapter") else "/payments")
        for adapter in dict.fromkeys(adapters)
        if draw.chance(0.7)
    ]


def _notifications(draw: Draw) -> list[Json]:
    found = [
        _notification("export", "Export the order when it is completed", ("/state/currentStatus", COMPLETED), "accept")
    ]
    if draw.chance(0.25):
        behaviour = draw.weighted({"accept": 2, "flaky": 2, "fail": 1})
        found.append(
            _notification(
                "archive", "Archive the basket when the order ends", ("/state/currentStatus", FINAL), behaviour
            )
        )
    if draw.chance(0.08):
        found.append(_notification("index", "Keep the search index fresh", ("/cart", {}), "accept"))
    return [{"id": draw.token("oc_")} | notification for notification in found]


def _notification(reference: str, description: str, watched: tuple[str, Json], behaviour: str) -> Json:
    """`{…}` in the URL is filled in by the API as it sends the notification. An empty schema holds for everything."""
    scope, schema = watched
    return {
        "adapterId": "norce_adapter",
        "reference": f"norce-adapter-{reference}",
        "description": description,
        "scope": scope,
        "schema": schema,
        "invoke": f"{{configuration.adapter.internalUrl}}/notifications/{behaviour}?order={{order.id}}",
        "version": "v0",
        "delay": 0 if behaviour == "accept" else 2000,
    }
