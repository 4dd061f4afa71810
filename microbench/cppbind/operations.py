"""What is timed: a statement in a loop, with names of own.h; `b` is a B, `vector` a std::vector<int> of 100 elements."""

from collections import namedtuple

Operation = namedtuple("Operation", "name body per", defaults=(1,))

OPERATIONS = [
    Operation("int method()", "b.GetMyInt()"),
    Operation("void method(int)", "b.SetMyInt(i)"),
    Operation("int method(int, int)", "b.Add(i, 2)"),
    Operation("overloads, by type", "b.Over(1.5)"),
    Operation("double function(double)", "half(2.5)"),
    Operation("function(const char *)", "length('abc')"),
    Operation("function(const class &)", "of(b)"),
    Operation("read int member", "b.m_myint"),
    Operation("write int member", "b.m_myint = i"),
    Operation("new + delete", "P(i)"),
    Operation("new + delete, virtual", "B(i)"),
    Operation("vector[i]", "vector[7]"),
    Operation("iterate a vector, each", "for x in vector: pass", 100),
    Operation("C++ calls a Python override", "calls(d, 100)", 100),
]
BY_NAME = {one.name: one for one in OPERATIONS}


def source(operation):
    return f"def run(n):\n    begin = clock()\n    for i in range(n):\n        {operation.body}\n    return clock() - begin\n"
