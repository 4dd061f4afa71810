/* What is measured: a class without a line for Python. */
#pragma once
#include <string>
#include <vector>

namespace bench {
struct B {
    B(int i = -99) : m_myint(i) {}
    virtual ~B() {}
    int GetMyInt() { return m_myint; }
    void SetMyInt(int i) { m_myint = i; }
    int Add(int a, int b) const { return a + b; }
    int Over(int a) { return a; }
    double Over(double a) { return a; }
    virtual int Virtual() { return m_myint; }
    int m_myint;
};
struct P {
    P(int i = -99) : m_myint(i) {}
    int m_myint;
};
inline double half(double x) { return x / 2; }
inline int length(const char *text) { int n = 0; while (text[n]) n++; return n; }
inline int of(const B &b) { return b.m_myint; }
inline int calls(B *b, int n) { int sum = 0; for (int i = 0; i < n; i++) sum += b->Virtual(); return sum; }
}
