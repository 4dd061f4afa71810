"""PyStructSequence_...: the class of a struct sequence."""

from operator import itemgetter

from capi.core import tables, text, vm


@vm("PyObject *vm_structseq(W p_type, const char *p_name, const char *p_doc, PyObject *names, PyObject *docs, Py_ssize_t visible)")
def vm_structseq(p_type, p_name, p_doc, names, docs, visible):
    cls = make_class(text(p_name), text(p_doc), names, docs, visible)
    if len(names) > visible:
        tables.hidden_items[cls] = len(names) - visible
    from capi.core.classes import make_type
    make_type(cls, p_type)
    return cls


def hidden_field(i):
    def get(self):
        hidden = self.__dict__.get("_hidden")
        return None if hidden is None else hidden[i]
    return get


def make_class(full_name, doc, names, docs, visible):
    """A tuple class with a read-only attribute for each name that is not None; those from `visible` on are hidden."""
    module, _, name = full_name.rpartition(".")
    shown = [n for n in names[:visible] if n is not None]
    hidden = names[visible:]
    total = len(names)

    def __new__(cls, sequence, dict=None):
        try:
            items = list(sequence)
        except TypeError:
            raise TypeError("constructor requires a sequence") from None
        n = len(items)
        if not visible <= n <= total:
            wanted = "a" if visible == total else "an at least" if n < visible else "an at most"
            raise TypeError(f"{full_name}() takes {wanted} {visible if n < visible else total}-sequence ({n}-sequence given)")
        self = tuple.__new__(cls, items[:visible])
        if hidden:
            given = {} if dict is None else dict
            self.__dict__["_hidden"] = (*items[visible:], *(given.get(field) for field in names[n:]))
        return self

    def __reduce__(self):
        values = self.__dict__.get("_hidden") or (None,) * len(hidden)
        return type(self), (tuple(self), {n: v for n, v in zip(hidden, values) if n is not None})

    def __repr__(self):
        return f"{full_name}({', '.join(f'{n}={v!r}' for n, v in zip(names, self))})"

    def __init_subclass__(cls, **kwargs):
        raise TypeError(f"type '{full_name}' is not an acceptable base type")

    namespace = {"__new__": __new__, "__reduce__": __reduce__, "__repr__": __repr__, "__init_subclass__": __init_subclass__,
                 "__doc__": doc, "__match_args__": tuple(shown), "n_fields": total, "n_sequence_fields": visible,
                 "n_unnamed_fields": sum(n is None for n in names)}
    if module:
        namespace["__module__"] = module
    for i, field in enumerate(names):
        if field is not None:
            get = itemgetter(i) if i < visible else hidden_field(i - visible)
            namespace[field] = property(get, None, None, docs[i])
    return type(name, (tuple,), namespace)
