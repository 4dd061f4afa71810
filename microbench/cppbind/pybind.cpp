#include "own.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl_bind.h>

namespace py = pybind11;
using namespace bench;

struct Crossed : B {
    using B::B;
    int Virtual() override { PYBIND11_OVERRIDE(int, B, Virtual, ); }
};

PYBIND11_MODULE(own_pybind, m) {
    py::class_<B, Crossed>(m, "B").def(py::init<int>(), py::arg("i") = -99).def("GetMyInt", &B::GetMyInt).def("SetMyInt", &B::SetMyInt)
        .def("Add", &B::Add).def("Over", py::overload_cast<int>(&B::Over)).def("Over", py::overload_cast<double>(&B::Over))
        .def("Virtual", &B::Virtual).def_readwrite("m_myint", &B::m_myint);
    py::class_<P>(m, "P").def(py::init<int>(), py::arg("i") = -99).def_readwrite("m_myint", &P::m_myint);
    m.def("half", &half);
    m.def("length", &length);
    m.def("of", &of);
    m.def("calls", &calls);
    py::bind_vector<std::vector<int>>(m, "vector_int");
}
