"""Boost: any, variant: made of Python's values, compared, written, their exceptions."""

import cppbind as cppyy

cppyy.include("boost/any.hpp")
cppyy.include("boost/variant.hpp")
boost, std = cppyy.gbl.boost, cppyy.gbl.std

values = std.vector["boost::any"]()
values.push_back(boost.any(42))
values.push_back(boost.any(std.string("text")))
values.push_back(boost.any(std.vector[int]([1, 2])))
assert boost.any_cast[int](values[0]) == 42
assert boost.any_cast["std::string"](values[1]) == "text"
assert list(boost.any_cast["std::vector<int>"](values[2])) == [1, 2]
assert values[0].type() == cppyy.typeid(int) and boost.any().empty()
try:
    boost.any_cast["double"](values[0])
except boost.bad_any_cast as reason:
    assert "bad_any_cast" in str(reason)
else:
    raise AssertionError("any_cast")
values[0] = boost.any(1.5)
assert boost.any_cast["double"](values[0]) == 1.5

Variant = boost.variant[int, "double", "std::string"]
one = Variant("hello")
assert one.which() == 2 and boost.get["std::string"](one) == "hello"
one.__assign__(2.5)
assert one.which() == 1 and boost.get["double"](one) == 2.5 and str(one) == "2.5"
try:
    boost.get[int](one)
except boost.bad_get:
    pass
else:
    raise AssertionError("get")
assert Variant(3) == Variant(3) and Variant(3) < Variant("3")
