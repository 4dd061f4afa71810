"""range-v3: views of C++ containers with Python's functions in them, algorithms, containers from views."""

import cppbind as cppyy

cppyy.include("range/v3/all.hpp")
ranges, std = cppyy.gbl.ranges, cppyy.gbl.std
views = ranges.views


def is_odd(n: int) -> bool:                            # the annotations say what C++ takes it for
    return n % 2 == 1


numbers = std.vector[int](range(10))
def square(n: int) -> int:
    return n * n


assert list(numbers | views.filter(is_odd)) == [1, 3, 5, 7, 9]
kept = ranges.to["std::vector<int>"](numbers | views.reverse | views.drop(7))
assert type(kept) is std.vector[int] and list(kept) == [2, 1, 0]
# ---- more
assert list(numbers | views.take(3)) == [0, 1, 2]
assert list(numbers | views.filter(is_odd) | views.transform(square) | views.take(2)) == [1, 9]
assert list(views.iota(1) | views.transform(square) | views.drop(1) | views.take(3)) == [4, 9, 16] and list(views.ints(1, 5)) == [1, 2, 3, 4]
assert [list(part) for part in numbers | views.chunk(4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
assert [(pair.first, pair.second) for pair in views.zip(numbers, numbers | views.transform(square)) | views.drop(7)] == [(7, 49), (8, 64), (9, 81)]
assert ranges.distance(numbers | views.drop(4)) == 6
assert ranges.count_if(numbers, is_odd) == 5 and ranges.find(numbers, 4).__deref__() == 4
words = std.vector[str](["delta", "alpha", "charlie", "bravo"])
ranges.sort(words)
assert list(words) == ["alpha", "bravo", "charlie", "delta"]
