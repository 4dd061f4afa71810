"""nlohmann-json: parse, change, walk, write; its exceptions."""

import cppbind as cppyy

cppyy.include("nlohmann/json.hpp")
json = cppyy.gbl.nlohmann.json

document = json.parse('{"name": "Ada", "born": 1815, "languages": ["English", "French"], "pi": 3.25, "alive": false, "boss": null}')
print(document)
assert document["name"].get["std::string"]() == "Ada"
assert document["born"].get[int]() == 1815
assert document["pi"].get["double"]() == 3.25
assert document["alive"].get["bool"]() is False
assert document["boss"].is_null()
assert document.size() == 6 and len(document) == 6 and document.contains("pi")
assert [str(one.get["std::string"]()) for one in document["languages"]] == ["English", "French"]
assert document["languages"][1] == "French"
assert document["born"] == 1815

# ---- more
document["languages"].push_back("Latin")
document["died"] = 1852
document["tags"]["first"] = "programmer"
document["scores"] = cppyy.gbl.std.vector[int]([1, 2, 3])
assert document["tags"].dump() == '{"first":"programmer"}'
assert document.at("scores").dump() == "[1,2,3]"
assert document["scores"].get["std::vector<int>"]() == cppyy.gbl.std.vector[int]([1, 2, 3])
document.erase("boss")
assert not document.contains("boss")

keys = []
for item in document.items():
    keys.append(str(item.key()))
assert keys == sorted(["name", "born", "languages", "pi", "alive", "died", "tags", "scores"])
print(document.dump(2))

copy = json(document)
assert copy == document
copy["pi"] = 3.5
assert copy != document
patch = json.diff(document, copy)
assert patch.dump() == '[{"op":"replace","path":"/pi","value":3.5}]'
assert document.patch(patch) == copy
pointer = json.json_pointer("/languages/2")
assert document[pointer] == "Latin"

for text, error in (("[1, 2", json.parse_error), ("{]", json.parse_error)):
    try:
        json.parse(text)
    except error as reason:
        assert "parse_error.101" in str(reason), reason
    else:
        raise AssertionError(text)
try:
    document.at("nothing")
except json.out_of_range as reason:
    assert "key 'nothing' not found" in str(reason) and reason.id == 403
else:
    raise AssertionError("at()")
try:
    document["name"].get[int]()
except json.type_error as reason:
    assert reason.id == 302
else:
    raise AssertionError("get()")
