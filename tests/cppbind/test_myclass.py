"""The class that everything begins with: constructed, asked, changed, deleted."""

import gc

import pytest

SOURCE = """
class MyClass {
public:
    MyClass(int i = -99) : m_myint(i) { alive++; }
    MyClass(const MyClass &other) : m_myint(other.m_myint) { alive++; }
    ~MyClass() { alive--; }
    int GetMyInt() { return m_myint; }
    void SetMyInt(int i) { m_myint = i; }
    int m_myint;
    static int alive;
};
int MyClass::alive = 0;
"""


@pytest.fixture(scope="module")
def MyClass(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.MyClass


def test_default_of_the_constructor(MyClass):
    assert MyClass().GetMyInt() == -99


def test_methods(MyClass):
    instance = MyClass(42)
    assert instance.GetMyInt() == 42
    assert instance.SetMyInt(7) is None
    assert instance.GetMyInt() == 7


def test_data_member(MyClass):
    instance = MyClass(1)
    instance.m_myint = 5
    assert (instance.m_myint, instance.GetMyInt()) == (5, 5)
    instance.SetMyInt(6)
    assert instance.m_myint == 6


def test_keyword(MyClass):
    assert MyClass(i=3).m_myint == 3


def test_copy(MyClass):
    first = MyClass(8)
    second = MyClass(first)
    first.SetMyInt(9)
    assert second.GetMyInt() == 8


def test_one_class(cpp, MyClass):
    assert cpp.gbl.MyClass is MyClass
    assert (MyClass.__name__, MyClass.__cpp_name__) == ("MyClass", "MyClass")


def test_deleted_with_the_instance(MyClass):
    gc.collect()
    before = MyClass.alive
    instances = [MyClass(i) for i in range(10)]
    assert MyClass.alive == before + 10
    assert instances[3].__python_owns__
    instances[3].__python_owns__ = False
    del instances
    gc.collect()
    gc.collect()
    assert MyClass.alive == before + 1
    MyClass.alive = before


def test_deleted_while_the_program_runs(MyClass):
    """Without an explicit collection, garbage does not pile up."""
    gc.collect()
    before = MyClass.alive
    for i in range(400000):
        MyClass(i)
    assert MyClass.alive < before + 300000
    gc.collect()
    gc.collect()
    assert MyClass.alive == before


def test_destruct(MyClass):
    before = MyClass.alive
    instance = MyClass()
    instance.__destruct__()
    assert MyClass.alive == before
    assert not instance
    for use in (instance.GetMyInt, instance.__destruct__, lambda: instance.m_myint):
        with pytest.raises(ReferenceError):
            use()


def test_constructed_once(MyClass):
    instance = MyClass(1)
    with pytest.raises(ReferenceError, match="constructed already"):
        instance.__init__(2)
    instance.__destruct__()
    instance.__init__(3)
    assert instance.GetMyInt() == 3


def test_subclass_without_base_constructor(MyClass):
    class Derived(MyClass):
        def __init__(self):
            pass
    with pytest.raises(ReferenceError):
        Derived().GetMyInt()


@pytest.mark.parametrize("value, error", [("x", TypeError), (1.5, TypeError), (None, TypeError), (2**31, OverflowError)])
def test_refused(MyClass, value, error):
    with pytest.raises(error, match="argument 1"):
        MyClass().SetMyInt(value)
    with pytest.raises(error):
        MyClass().m_myint = value
