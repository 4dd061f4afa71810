/* What the wrappers and the checks share. */
#ifndef MOORING_WRAPPER_H
#define MOORING_WRAPPER_H
#include "core/mooring.h"

enum { NEEDS_LOCK = 1, NEEDS_NO_ERROR = 2, TAKES_DYING = 4, LENDS = 8, CHANGES = 16 };

typedef struct {
    const char *name;
    uint32_t flags;
} MDebugFunction;

extern const MDebugFunction m_debug_functions[];

typedef struct {
    MDebugSite here;
    int locked;                         /* the wrapper took the lock that the caller had not */
} MDebugCall;

#define SITE __builtin_return_address(0)

MDebugCall m_debug_enter(uint32_t function, uint32_t flags, PyObject *first, void *site);
int m_debug_object(MDebugCall *call, PyObject *op);     /* true: the call must not be made */
void m_debug_refuse(MDebugCall *call);
void m_debug_lent(MDebugCall *call, PyObject *op, PyObject *owner);
void m_debug_got(MDebugCall *call, PyObject *op);
void m_debug_leave(MDebugCall *call);

/* A function with variable arguments: look at those in registers, then jump to the body, which finds all as they were. */
#ifdef __x86_64__
long m_debug_variadic(uint32_t function, uint32_t mask, void *site, PyObject *const *registers);
#define VARIADIC(name, function, mask, failure) __asm__( \
    ".text\n.globl " #name "\n.type " #name ", @function\n" #name ":\n.cfi_startproc\n" \
    "endbr64\n push %r9\n push %r8\n push %rcx\n push %rdx\n push %rsi\n push %rdi\n push %rax\n sub $128, %rsp\n.cfi_adjust_cfa_offset 184\n" \
    "movups %xmm0, (%rsp)\n movups %xmm1, 16(%rsp)\n movups %xmm2, 32(%rsp)\n movups %xmm3, 48(%rsp)\n" \
    "movups %xmm4, 64(%rsp)\n movups %xmm5, 80(%rsp)\n movups %xmm6, 96(%rsp)\n movups %xmm7, 112(%rsp)\n" \
    "mov $" #function ", %edi\n mov $" #mask ", %esi\n mov 184(%rsp), %rdx\n lea 136(%rsp), %rcx\n call m_debug_variadic\n mov %rax, %r11\n" \
    "movups (%rsp), %xmm0\n movups 16(%rsp), %xmm1\n movups 32(%rsp), %xmm2\n movups 48(%rsp), %xmm3\n" \
    "movups 64(%rsp), %xmm4\n movups 80(%rsp), %xmm5\n movups 96(%rsp), %xmm6\n movups 112(%rsp), %xmm7\n" \
    "add $128, %rsp\n pop %rax\n pop %rdi\n pop %rsi\n pop %rdx\n pop %rcx\n pop %r8\n pop %r9\n.cfi_adjust_cfa_offset -184\n" \
    "test %r11, %r11\n jne 1f\n jmp m_body_" #name "\n1: mov $" #failure ", %rax\n ret\n.cfi_endproc\n.size " #name ", .-" #name "\n");
#else
#define VARIADIC(name, function, mask, failure)         /* the body itself is exported */
#endif

/* ---- blocks: what stands before the header of all memory that is watched ---- */

typedef struct MBlock {
    struct MBlock *next, *before;       /* of those alive; of those freed, in order */
    size_t size;
    uint64_t number;                    /* counts what was made */
    MDebugSite made, got, freed;        /* got: the function that returned it last */
    MDebugSite lent;                    /* borrowed from `owner` by this function */
    PyObject *owner;
    uint64_t lent_number, lent_epoch, lent_outermost;
    uint32_t kind, kept;
    MHeader header __attribute__((aligned(16)));
} MBlock;

_Static_assert(sizeof(MBlock) == offsetof(MBlock, header) + sizeof(MHeader), "the header stands before the object");

enum { IS_OBJECT = 1, IS_MEMORY = 2 };

#define BLOCK(p) ((MBlock *)((char *)(p) - sizeof(MBlock)))
#define WATCHED 0xff000000u             /* the size class of such memory */
#define MEM_MAGIC(p) (M_MAGIC(p) ^ 0x3c3c3c3cu)
#define FREED_MAGIC(p) (M_MAGIC(p) ^ 0x5a5a5a5au)
#define POISON_COUNT ((Py_ssize_t)0x2bdbdbdbdbdbdbdb)

static inline int m_debug_is_freed(void *p)
{
    return M_HDR(p)->magic == FREED_MAGIC(p);
}

static inline MBlock *m_debug_watched(void *p)          /* NULL if the layer did not make it, or it was freed */
{
    MHeader *header = M_HDR(p);
    return (header->magic == M_MAGIC(p) && (header->flags & M_CLASS_MASK) == WATCHED) || header->magic == MEM_MAGIC(p) ? BLOCK(p) : NULL;
}

/* ---- reports ---- */

typedef struct {
    FILE *out;
    char *text;
    size_t size;
} MReport;

int m_report_begin(MReport *report, const char *kind, const MDebugSite *here);          /* false: the same was reported before */
void m_report_site(MReport *report, const char *label, const MDebugSite *site);
void m_report_object(MReport *report, PyObject *op);
void m_report_end(MReport *report, int with_stack);
void m_print_address(FILE *out, void *address);
int m_is_shim(void *address);
long m_debug_vm_holds(PyObject *owner, PyObject *op);   /* -1: not known */
const MDebugSite *m_debug_change_of(PyObject *owner, uint64_t since);
extern uint64_t m_debug_calls;

#endif
