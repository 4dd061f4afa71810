"""range-v3: pipelines of views over C++ containers, with Python's functions in them."""

import cppbind as cppyy

cppyy.include("range/v3/all.hpp")
ranges, std = cppyy.gbl.ranges, cppyy.gbl.std
views = ranges.views


def is_odd(n: int) -> bool:
    return n % 2 == 1


def square(n: int) -> int:
    return n * n


numbers = std.vector[int](range(10))
odd = numbers | views.filter(is_odd)
assert list(odd) == [1, 3, 5, 7, 9]
assert list(numbers | views.filter(is_odd) | views.transform(square) | views.take(3)) == [1, 9, 25]
kept = ranges.to["std::vector<int>"](numbers | views.reverse | views.drop(7))
assert type(kept) is std.vector[int] and list(kept) == [2, 1, 0]
assert list(views.iota(1, 6) | views.transform(square)) == [1, 4, 9, 16, 25]
assert ranges.accumulate(views.iota(1, 101), 0) == 5050
assert ranges.distance(numbers | views.filter(is_odd)) == 5
assert ranges.count_if(numbers, is_odd) == 5 and ranges.find(numbers, 4).__deref__() == 4

words = std.vector[str](["delta", "alpha", "charlie", "bravo"])
ranges.sort(words)
assert list(words) == ["alpha", "bravo", "charlie", "delta"]
assert [(first, str(second)) for first, second in views.zip(views.iota(0), words) | views.take(2)] == [(0, "alpha"), (1, "bravo")]
assert [list(chunk) for chunk in numbers | views.chunk(4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
