/* What the operations call. */
typedef struct { int x, y; } point;

int add1(int x) { return x + 1; }
double half(double x) { return x / 2; }
int sum(point *p) { return p->x + p->y; }
int sum_by_value(point p) { return p.x + p.y; }
point make_point(int x) { point p = {x, 1}; return p; }
int first_letter(const char *s) { return s[0]; }
int first_number(int *p) { return p[0]; }
int call(int (*f)(int), int n)
{
    int total = 0;
    for (int i = 0; i < n; i++)
        total += f(i);
    return total;
}
