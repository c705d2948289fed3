"""Looks through a template before anybody stores it: what is not allowed here is refused, with its line.

Of jinja2's language there are texts, values with their parts, a few filters, comparisons, `if` and `for`; a loop goes
over a list that there is. So a template always ends, soon, and reaches nothing but its names: nothing is called, made
or imported. The sandbox that it runs in is the second wall.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateError

from onlooker_notifier.templates import shapes
from onlooker_notifier.templates.filters import FILTERS
from onlooker_notifier.templates.shapes import LOOP, NUMBER, TEXT, TRUTH, Shape

LONGEST_SUBJECT, LONGEST_BODY = 500, 4000
"""Characters of a template."""
MOST_STEPS = 100_000
"""Parts of a template that are looked at until it is rendered, each turn of each loop counted: some 50 ms."""
FILTER_STEPS = 20
"""What a filter counts, as it looks at every letter."""
DEEPEST = 40
"""Parts of a template within one another."""
LOOP_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
TAKEN = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
"""Names that mean something to jinja2."""
NUMBERS_ONLY = frozenset({"lt", "lteq", "gt", "gteq"})
WITHIN = frozenset({"in", "notin"})
KINDS = {
    "text": "a text",
    "number": "a number",
    "truth": "a yes or no",
    "texts": "a list",
    "things": "a list",
    "thing": "no text but has parts",
}
ALLOWED = "values, filters, comparisons, `if` and `for` are all that there is"
REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Call: "nothing can be called",
    nodes.Test: "there are no tests with `is`; compare with == or leave it out",
    nodes.Getitem: "there are no brackets; `picture` is the first of `pictures`, and `for` goes over all",
    nodes.Concat: "texts are put together by writing {{ .. }} beside one another",
    nodes.BinExpr: "there is no arithmetic",
    nodes.UnaryExpr: "there is no arithmetic",
    nodes.Assign: "nothing can be set",
    nodes.AssignBlock: "nothing can be set",
    nodes.Macro: "there are no macros",
    nodes.Include: "nothing can be included",
    nodes.Import: "nothing can be imported",
    nodes.FromImport: "nothing can be imported",
    nodes.Extends: "a template stands alone",
    nodes.Block: "a template stands alone",
    nodes.Literal: "there are no lists but those of the message",
}


def checked(source: str, environment: Environment) -> None:
    """See to it that a template can be rendered, whatever it tells of.

    Raises:
        ValueError: it cannot, and in which line is why.
    """
    try:
        tree = environment.parse(source)
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 1
        raise ValueError(f"line {line}: {error.message}") from error
    except RecursionError as error:
        raise ValueError("line 1: this lies too deep within itself") from error
    _Checking().block(tree.body, _At(shapes.message(), times=1, depth=0))


Scope = Mapping[str, Shape]


class _At(NamedTuple):
    """Where a part of a template is."""

    scope: Scope
    times: int
    """How often it is rendered, at most."""
    depth: int

    @property
    def within(self) -> "_At":
        return self._replace(depth=self.depth + 1)


class _Checking:
    """One look through a template."""

    def __init__(self) -> None:
        self._steps = 0
        self._values: dict[type[nodes.Node], Callable[[Any, _At], Shape]] = {
            nodes.Const: _constant,
            nodes.Name: _named,
            nodes.Getattr: self._part,
            nodes.Filter: self._filtered,
            nodes.Not: self._not,
            nodes.And: self._both,
            nodes.Or: self._both,
            nodes.CondExpr: self._choice,
            nodes.Compare: self._compared,
        }

    def block(self, some: Iterable[nodes.Node], at: _At) -> None:
        """Look through what stands one after the other."""
        for node in some:
            self._step(node, at)
            match node:
                case nodes.Output():
                    for part in node.nodes:
                        if not isinstance(part, nodes.TemplateData):
                            self._printed(part, at.within)
                case nodes.If():
                    self._value(node.test, at.within)
                    for branch in (node.body, node.elif_, node.else_):
                        self.block(branch, at.within)
                case nodes.For():
                    self._loop(node, at.within)
                case _:
                    raise _refused(node)

    def _loop(self, node: nodes.For, at: _At) -> None:
        if node.recursive or node.test is not None:
            raise _fault(node, "a loop is `for NAME in LIST`, without `recursive` or `if`; put an `if` into it")
        if not isinstance(node.iter, nodes.Name | nodes.Getattr):
            raise _fault(node, f"a loop goes over a list of the message: {_lists(at.scope)}")
        over = self._value(node.iter, at)
        if over.kind not in {"texts", "things"}:
            raise _fault(node, f"a loop goes over a list of the message: {_lists(at.scope)}")
        if not isinstance(node.target, nodes.Name) or not LOOP_NAME.fullmatch(node.target.name):
            raise _fault(node, "a loop gives one name to what it is at: small letters, digits and _")
        name = node.target.name
        if name in TAKEN or name in at.scope:
            raise _fault(node, f"there is a `{name}` already; call it otherwise")
        turn = _At({**at.scope, name: over.element, "loop": LOOP}, at.times * over.most, at.depth)
        self._step(node, turn)
        self.block(node.body, turn)
        self.block(node.else_, at)

    def _printed(self, node: nodes.Expr, at: _At) -> None:
        shape = self._value(node, at)
        if shape.kind == "thing":
            raise _fault(node, f"this has parts; say which one: {_listed(shape.names)}")
        if shape.kind not in {"text", "number"}:
            advice = "use it with `if`" if shape.kind == "truth" else "use the filter `join`, or a loop"
            raise _fault(node, f"this is {KINDS[shape.kind]} and no text; {advice}")

    def _value(self, node: nodes.Node, at: _At) -> Shape:
        """Return what a value is."""
        self._step(node, at)
        look = self._values.get(type(node))
        if look is None:
            raise _refused(node)
        return look(node, at)

    def _part(self, node: nodes.Getattr, at: _At) -> Shape:
        whole = self._value(node.node, at.within)
        if whole.kind != "thing":
            raise _fault(node, f"this is {KINDS[whole.kind]} and has no `{node.attr}`")
        if node.attr not in whole.names:
            raise _fault(node, f"there is no `{node.attr}` here; there are {_listed(whole.names)}")
        return whole.names[node.attr]

    def _filtered(self, node: nodes.Filter, at: _At) -> Shape:
        known = FILTERS.get(node.name)
        if known is None or node.node is None:
            raise _fault(node, f"there is no filter `{node.name}`; there are {_listed(FILTERS)}")
        self._step(node, at._replace(times=at.times * FILTER_STEPS))
        taken = self._value(node.node, at.within)
        if taken.kind not in known.takes:
            wanted = " or ".join(dict.fromkeys(KINDS[each] for each in known.takes))
            raise _fault(node, f"the filter `{node.name}` takes {wanted}; this is {KINDS[taken.kind]}")
        if not _fits(node, known.argument):
            raise _fault(node, f"the filter `{node.name}` takes {_argument(known.argument)}")
        return NUMBER if known.gives == "number" else TEXT

    def _not(self, node: nodes.Not, at: _At) -> Shape:
        self._value(node.node, at.within)
        return TRUTH

    def _both(self, node: nodes.BinExpr, at: _At) -> Shape:
        left, right = self._value(node.left, at.within), self._value(node.right, at.within)
        return left if left == right and left in {TEXT, NUMBER} else TRUTH

    def _choice(self, node: nodes.CondExpr, at: _At) -> Shape:
        self._value(node.test, at.within)
        if node.expr2 is None:
            raise _fault(node, "say what else: `A if CONDITION else B`")
        one, other = self._value(node.expr1, at.within), self._value(node.expr2, at.within)
        if one != other:
            raise _fault(node, f"both must be of one kind: one is {KINDS[one.kind]}, the other {KINDS[other.kind]}")
        return one

    def _compared(self, node: nodes.Compare, at: _At) -> Shape:
        left = self._value(node.expr, at.within)
        for operand in node.ops:
            right = self._value(operand.expr, at.within)
            if not _comparable(operand.op, left, right):
                raise _fault(node, f"{KINDS[left.kind]} cannot be compared with {KINDS[right.kind]} in this way")
            left = right
        return TRUTH

    def _step(self, node: nodes.Node, at: _At) -> None:
        self._steps += at.times
        if self._steps > MOST_STEPS:
            raise _fault(node, "this would take too long: there is too much in loops, or loops are in loops")
        if at.depth > DEEPEST:
            raise _fault(node, "this lies too deep within itself")


def _named(node: nodes.Name, at: _At) -> Shape:
    if node.name not in at.scope:
        raise _fault(node, f"there is no `{node.name}`; there are {_listed(at.scope)}")
    return at.scope[node.name]


def _constant(node: nodes.Const, _: _At) -> Shape:
    if isinstance(node.value, bool):
        return TRUTH
    if isinstance(node.value, int | float):
        return NUMBER
    if isinstance(node.value, str):
        return TEXT
    raise _fault(node, "there is no `none`; what is not known is an empty text, or 0")


def _comparable(operator: str, left: Shape, right: Shape) -> bool:
    if operator in WITHIN:
        return left == TEXT and right.kind in {"text", "texts"}
    if operator in NUMBERS_ONLY:
        return left == right == NUMBER
    return left == right and left in {TEXT, NUMBER, TRUTH}


def _fits(node: nodes.Filter, argument: type | None) -> bool:
    """Return whether a filter is given what it takes: one constant at most, and never more."""
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        return False
    if not node.args:
        return argument is None or node.name != "default"
    [given, *more] = node.args
    return not more and isinstance(given, nodes.Const) and argument is not None and type(given.value) is argument


def _argument(argument: type | None) -> str:
    if argument is None:
        return "nothing in parentheses"
    return "one text in parentheses, written out" if argument is str else "one number in parentheses, written out"


def _refused(node: nodes.Node) -> ValueError:
    words = next((words for kind, words in REFUSED.items() if isinstance(node, kind)), f"this is not taken; {ALLOWED}")
    return _fault(node, words)


def _fault(node: nodes.Node, words: str) -> ValueError:
    return ValueError(f"line {node.lineno}: {words}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _lists(scope: Scope) -> str:
    own = [name for name, shape in scope.items() if shape.kind in {"texts", "things"}]
    parts = [
        f"{name}.{part}"
        for name, shape in scope.items()
        for part, inner in shape.names.items()
        if inner.kind in {"texts", "things"}
    ]
    return ", ".join([*own, *parts])
