def parse(known, sources, text, options):
    from ffi.parser import Parser
    packed, pack, override, cplusplus = options
    return Parser(known, packed, pack, override, cplusplus).parse(text)
