"""Hooks: adapters that are asked, before a change is committed, whether they agree with the order as it would become.

A hook answers 2xx to approve, anything else to refuse. With its approval it may send a JSON Patch, which is applied
inside the hook's `target` and may make other hooks run (Norce documentation, "Hooks").
"""

import time
from collections.abc import Callable
from typing import Any

import jsonpatch
import pydantic

from sandbox import outside, pointers, rules
from sandbox.codec import Document, encode
from sandbox.conf import conf
from sandbox.problems import Problem
from sandbox.schemas import Cart, Consent, Customer, Payment, Shipping, State
from sandbox.schemas.base import STORED
from sandbox.schemas.v1 import in_version
from sandbox.scope import Scope

ORDER = ("state", "consents", "customer", "cart", "shippings", "payments")
MOST_CALLS = 20
PATCHABLE: dict[str, pydantic.TypeAdapter[Any]] = {
    "state": pydantic.TypeAdapter(State),
    "consents": pydantic.TypeAdapter(list[Consent]),
    "customer": pydantic.TypeAdapter(Customer),
    "cart": pydantic.TypeAdapter(Cart),
    "shippings": pydantic.TypeAdapter(list[Shipping]),
    "payments": pydantic.TypeAdapter(list[Payment]),
    "reference": pydantic.TypeAdapter(str),
    "attributes": pydantic.TypeAdapter(dict[str, Any]),
}


def run(scope: Scope, before: Document, draft: Document) -> tuple[Document, bool]:
    """Ask every hook that the change concerns, in the documented order, and return the order with their patches.

    A hook that the change itself adds or takes away is not asked: a dead one can always be deleted. The flag says
    whether a hook answered 202, that it is still at work. Raises Problem `order-hook-rejected` where one refuses, and
    where one comes up after SANDBOX_CALLBACKS_SECONDS: whoever sent the change waits for all of them.
    """
    until = time.monotonic() + conf("SANDBOX_CALLBACKS_SECONDS")
    seen = {hook["id"]: pointers.resolve(before, hook.get("subscribeTo")) for hook in before.get("hooks") or ()}
    running = False
    for _ in range(MOST_CALLS):
        hook = _next(scope, draft, seen)
        if hook is None:
            return draft, running
        answer = _ask(scope, hook, draft, until)
        running = running or answer.status == 202
        draft = _patched(hook, before, draft, answer.json())
        seen[hook["id"]] = pointers.resolve(draft, hook.get("subscribeTo"))
    raise Problem(
        400, "order-hook-rejected", f"The hooks do not come to rest: more than {MOST_CALLS} calls for one change."
    )


def rank(pointer: str | None) -> int:
    """The place of a part of the order in the documented order of hooks; parts that it does not name come last."""
    top = (pointers.parts(pointer or "") or [""])[0]
    return ORDER.index(top) if top in ORDER else len(ORDER)


def _next(scope: Scope, draft: Document, seen: dict[str, Any]) -> Document | None:
    concerned = [
        hook
        for hook in draft.get("hooks") or ()
        if hook["id"] in seen
        and not (scope.adapter and hook.get("adapterId") == scope.adapter)
        and pointers.resolve(draft, hook.get("subscribeTo")) != seen[hook["id"]]
    ]
    return min(concerned, key=lambda hook: (rank(hook.get("subscribeTo")), rank(hook.get("target"))), default=None)


def _ask(scope: Scope, hook: Document, draft: Document, until: float) -> outside.Answer:
    if time.monotonic() >= until:
        raise _refused(hook, "was not asked any more, as those before it took too long")
    adapter = hook.get("adapterId") or ""
    url = outside.filled(hook["invoke"], draft["id"], adapter)
    answer = outside.post(url, encode(in_version(draft, hook.get("version"))), scope.headers())
    if not answer.is_ok:
        raise _refused(hook, f"answered {answer.in_words()}" if answer.status else f"gave {answer.in_words()}")
    return answer


def _refused(hook: Document, why: str) -> Problem:
    name = hook.get("adapterId") or hook["id"]
    return Problem(
        400,
        "order-hook-rejected",
        f"The hook of {name} on {hook.get('subscribeTo') or 'the order'} refuses the change: it {why.rstrip('.')}.",
    )


def _patched(hook: Document, before: Document, draft: Document, patch: Any) -> Document:
    if not patch:
        return draft
    if not isinstance(patch, list) or not all(isinstance(step, dict) for step in patch):
        raise _refused(hook, "answered with something that is no JSON Patch")
    for step in patch:
        for pointer in (step.get("path"), step.get("from", step.get("path"))):
            if not isinstance(pointer, str) or not pointers.is_within(pointer, hook.get("target")):
                raise _refused(hook, f"patches {pointer}, outside its target {hook.get('target')}")
    result = _checked(hook, draft, lambda: jsonpatch.apply_patch(draft, patch))
    rules.settle(before, result)
    return result


def _checked(hook: Document, draft: Document, apply: Callable[[], Document]) -> Document:
    try:
        result = apply()
    except Exception as error:  # a stranger's patch in a library that raises whatever it meets
        raise _refused(hook, f"answered with a patch that cannot be applied ({type(error).__name__})") from error
    for key in result.keys() | draft.keys():
        if result.get(key) == draft.get(key):
            continue
        if key not in PATCHABLE or key not in result:
            raise _refused(hook, f"patches {key}, which hooks cannot change")
        result[key] = _read(hook, key, result[key])
    _keep_identities(hook, draft, result)
    return result


def _read(hook: Document, key: str, value: Any) -> Any:
    adapter = PATCHABLE[key]
    try:
        return adapter.dump_python(adapter.validate_python(value, context=STORED), by_alias=True, exclude_unset=True)
    except pydantic.ValidationError as error:
        place = ".".join(map(str, (key, *error.errors()[0]["loc"])))
        raise _refused(hook, f"leaves {place} with a value that an order cannot have") from error


def _keep_identities(hook: Document, draft: Document, result: Document) -> None:
    for key in ("payments", "shippings"):
        if [part.get("id") for part in result.get(key) or ()] != [part["id"] for part in draft.get(key) or ()]:
            raise _refused(hook, f"adds or removes {key}, which only their own operations can")
    if not result["state"].get("currentStatus"):
        raise _refused(hook, "leaves the order without a state")
