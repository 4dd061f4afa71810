"""The C++ of native_cases.py."""

SOURCE = """
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <atomic>
#include <vector>
namespace native {
enum Colour { red = 3, green = 5 };
enum class Small : unsigned char { one = 1, last = 255 };
struct Counted {
    static int alive, deleted, shared;
    Counted(int i = 7) : value(i), real(i / 2.0f), text("text"), self(this) { alive++; }
    Counted(const Counted &o) : value(o.value) { alive++; }
    virtual ~Counted() { alive--; deleted++; }
    int get() { return value; }
    void set(int i) { value = i; }
    int add(int a, int b = 10, int c = 100) const { return value + a + b + c; }
    virtual int over() { return 1; }
    Counted *me() { return this; }
    Counted *nobody() { return nullptr; }
    Counted copied() { return *this; }
    const std::string &name() const { return own; }
    int fail() { throw std::runtime_error("failed"); }
    std::string own = "own";
    int value;
    float real = 0;
    double big = 1.5;
    bool flag = true;
    char letter = 'x';
    unsigned char byte = 200;
    Colour colour = green;
    Small small = Small::last;
    const char *text = "";
    const int fixed = 12;
    Counted *self = nullptr;
    std::vector<int> inside{1, 2, 3};
};
int Counted::alive, Counted::deleted, Counted::shared = 5;
struct Derived : Counted { Derived() : Counted(1) {} int over() override { return 2; } int more() { return 3; } };
struct Left { int left = 1; int of_left() { return left; } };
struct Right { int right = 2; int of_right() { return right; } };
struct Both : Left, Right { int both = 3; };
struct Root { int root = 4; virtual ~Root() {} };
struct Virtual : virtual Root { int of_virtual() { return root; } };
struct Error : Left, std::runtime_error { Error() : std::runtime_error("both") {} int of_error() { return 5; } };
int of(const Counted &c) { return c.value; }
int of_pointer(Counted *c) { return c ? c->value : -1; }
int of_right(Right *r) { return r ? r->right : -1; }
int of_left(const Left &l) { return l.left; }
Counted *make() { return new Counted(5); }
signed char i1(signed char x) { return x; }
std::int8_t n1(std::int8_t x) { return x; }
std::uint8_t u1(std::uint8_t x) { return x; }
short i2(short x) { return x; }
unsigned short u2(unsigned short x) { return x; }
int i4(int x) { return x; }
unsigned u4(unsigned x) { return x; }
long i8(long x) { return x; }
unsigned long u8(unsigned long x) { return x; }
bool b1(bool x) { return x; }
float r4(float x) { return x; }
double r8(double x) { return x; }
long double r16(long double x) { return x; }
char letter(char x) { return x; }
char32_t wide(char32_t x) { return x; }
const int &referred(const int &x) { static int y; y = x; return y; }
Colour colour(Colour c) { return c; }
int length(const char *t) { return t ? (int)std::char_traits<char>::length(t) : -1; }
const char *text(const char *t) { static std::string s; s = t; return s.c_str(); }
int size(const std::string &s) { return s.size(); }
int size_copy(std::string s) { s += "!"; return s.size(); }
int size_view(std::string_view s) { return s.size(); }
double mixed(int a, double b, long c, float d, short e, double f) { return a + b + c + d + e + f; }
int seven(int a, int b, int c, int d, int e, int f, int g) { return a + b + c + d + e + f + g; }
double nine(double a, double b, double c, double d, double e, double f, double g, double h) { return a + b + c + d + e + f + g - h; }
std::string over(int) { return "int"; }
std::string over(double) { return "double"; }
std::string over(const std::string &) { return "string"; }
std::string over(const Counted &) { return "Counted"; }
std::string over(int, int) { return "two"; }
std::string kind(Colour) { return "Colour"; }
std::string kind(int) { return "int"; }
std::string kind(bool) { return "bool"; }
int variable = 17;
int variable_there() { return variable; }
const double constant = 2.5;
const char *named = "named";
template <class T> const char *name_of() { return "object"; }
template <> const char *name_of<int>() { return "int"; }
template <> const char *name_of<long>() { return "long"; }
template <> const char *name_of<unsigned long>() { return "unsigned long"; }
template <> const char *name_of<double>() { return "double"; }
template <> const char *name_of<bool>() { return "bool"; }
template <> const char *name_of<std::string>() { return "string"; }
template <class T> std::string kind_of(T) { return name_of<T>(); }
template <class T, class U> std::string pair_of(T, U) { return std::string(name_of<T>()) + ", " + name_of<U>(); }
std::atomic<bool> go{false};
void wait() { while (!go) std::this_thread::yield(); }
void release() { go = true; }
struct Consumer { virtual ~Consumer() {} virtual int process(int i) { return i; } };
int call(Consumer *c, int i) { return c->process(i); }
int in_thread(Consumer *c) { int r; std::thread t([&] { r = c->process(3); }); t.join(); return r; }
struct Visitor {
    virtual ~Visitor() {}
    virtual long ints(short, unsigned long, bool) { return 0; }
    virtual unsigned long big() { return 0; }
    virtual float reals(float, double) { return 0; }
    virtual Colour colour(Colour c) { return c; }
    virtual char letter(char c) { return c; }
    virtual bool object(Counted *, const Counted &, Counted) { return false; }
    virtual void text(const char *, const std::string &) {}
    virtual std::string answer() { return ""; }
    virtual void change(int &x) {}
};
std::string visit(Visitor *v) {
    Counted c(3);
    std::string all = std::to_string(v->ints(-5, ~0ul, true)) + " " + std::to_string(v->big()) + " " + std::to_string(v->reals(0.5f, 0.25)) + " ";
    all += std::to_string(v->colour(red)) + " " + v->letter('c') + " " + std::to_string(v->object(nullptr, c, c)) + " " + v->answer();
    v->text("text", "string");
    int x = 1;
    v->change(x);
    return all + " " + std::to_string(x);
}
int *nowhere() { return nullptr; }
int crash(int *p) { return *p; }
int crash_here() { return *(volatile int *)nowhere(); }
}
"""
