"""Regular expressions that are compiled when they are first used: importing a module that has some costs nothing."""


class Pattern:
    """Stands for re.compile("(?flags)pattern"); after its first use its methods are the compiled one's."""

    def __init__(self, pattern, flags=""):
        self.source = f"(?{flags}){pattern}" if flags else pattern

    def __getattr__(self, name):
        import re
        made = re.compile(self.source)
        for method in ("match", "search", "sub", "findall", "finditer", "split"):
            setattr(self, method, getattr(made, method))
        return getattr(made, name)
