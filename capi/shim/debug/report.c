/* Reports: text to standard error, and a list that capi/core/debug.py reads. */
#include "debug/wrapper.h"
#include <dlfcn.h>
#include <execinfo.h>
#include <spawn.h>
#include <sys/wait.h>

enum { MOST_REPORTS = 4096, FRAMES = 40, MOST_FRAMES = 8 };

static struct { const char *kind; MDebugSite here; } seen[MOST_REPORTS];       /* each fault is told of once */
static char *texts[MOST_REPORTS];
static int reports_n, fatal;
static char *(*vm_where)(void);
static long (*vm_holds)(W owner, W op);
static __thread int asking __attribute__((tls_model("initial-exec")));

/* ---- places in C -------------------------------------------------------------------------------------------------------- */

int m_is_shim(void *address)
{
    extern const char __ehdr_start[] __attribute__((visibility("hidden")));
    extern const char etext[] __attribute__((visibility("hidden")));
    return (char *)address >= __ehdr_start && (char *)address < etext;
}

/* What addr2line says of an address in a file; 0 if it knows nothing. */
static int addr2line(const char *file, uintptr_t offset, char *out, size_t room)
{
    char place[32];
    int ends[2];
    pid_t child;
    extern char **environ;
    posix_spawn_file_actions_t actions;
    snprintf(place, sizeof place, "0x%lx", (unsigned long)offset);
    char *arguments[] = {"addr2line", "-f", "-C", "-i", "-e", (char *)file, place, NULL};
    if (pipe(ends) < 0)
        return 0;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1 /* O_WRONLY */, 0);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    int failed = posix_spawnp(&child, "addr2line", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    size_t n = 0;
    ssize_t got;
    while (!failed && n < room - 1 && (got = read(ends[0], out + n, room - 1 - n)) > 0)
        n += (size_t)got;
    close(ends[0]);
    out[n] = 0;
    if (!failed)
        waitpid(child, NULL, 0);
    return n > 0;
}

/* "file.c:12 in f, inlined into file.c:40 in g", or the symbol, or the offset in the module. */
void m_print_address(FILE *out, void *address)
{
    Dl_info info;
    char text[2048] = "";
    if (!address || !dladdr((char *)address - 1, &info) || !info.dli_fname) {
        fprintf(out, "%p", address);
        return;
    }
    if (addr2line(info.dli_fname, (uintptr_t)address - 1 - (uintptr_t)info.dli_fbase, text, sizeof text) && !strstr(text, ":?") && !strstr(text, ":0")) {
        char *rest = text, *function, *line;
        for (int i = 0; (function = strsep(&rest, "\n")) && (line = strsep(&rest, "\n")); i++)
            fprintf(out, "%s%.*s in %s", i ? ", inlined into " : "", (int)strcspn(line, " "), line, function);
        return;
    }
    const char *slash = strrchr(info.dli_fname, '/');
    fprintf(out, "%s+0x%lx", slash ? slash + 1 : info.dli_fname, (unsigned long)((char *)address - (char *)info.dli_fbase));
    text[strcspn(text, "\n")] = 0;
    if (text[0] && text[0] != '?')
        fprintf(out, " in %s (compile with -g for the line)", text);
}

/* The C functions of the extension below this call, up to where the VM called. */
static void print_stack(FILE *out)
{
    void *frames[FRAMES];
    int n = backtrace(frames, FRAMES), i = 0, printed = 0;
    while (i < n && m_is_shim(frames[i]))
        i++;
    for (; i < n && printed < MOST_FRAMES && !m_is_shim(frames[i]); i++, printed++) {
        fprintf(out, printed ? "    from " : "    at ");
        m_print_address(out, frames[i]);
        fprintf(out, "\n");
    }
}

/* ---- one report ------------------------------------------------------------------------------------------------------------- */

int m_report_begin(MReport *report, const char *kind, const MDebugSite *here)
{
    if (asking || reports_n == MOST_REPORTS)
        return 0;
    for (int i = 0; i < reports_n; i++)
        if (seen[i].kind == kind && seen[i].here.function == here->function && seen[i].here.site == here->site)
            return 0;
    seen[reports_n].kind = kind;
    seen[reports_n].here = *here;
    report->out = open_memstream(&report->text, &report->size);
    if (!report->out)
        return 0;
    fprintf(report->out, "mooring: %s: ", kind);
    return 1;
}

void m_report_site(MReport *report, const char *label, const MDebugSite *site)
{
    if (!site->function) {
        fprintf(report->out, "    %s the layer, for a value of Python's\n", label);
        return;
    }
    fprintf(report->out, "    %s %s() at ", label, m_debug_functions[site->function].name);
    m_print_address(report->out, site->site);
    fprintf(report->out, "\n");
}

void m_report_object(MReport *report, PyObject *op)
{
    int freed = m_debug_is_freed(op);
    MBlock *block = freed ? BLOCK(op) : m_debug_watched(op);
    fprintf(report->out, "    %s at %p", block && block->kind == IS_MEMORY ? "memory" : freed ? "object" : Py_TYPE(op)->tp_name, (void *)op);
    if (!block) {
        fprintf(report->out, "\n");
        return;
    }
    fprintf(report->out, ", %zu bytes\n", block->size);
    m_report_site(report, "made by", &block->made);
    if (block->got.function && memcmp(&block->got, &block->made, sizeof block->got))
        m_report_site(report, "last returned by", &block->got);
    if (freed)
        m_report_site(report, "freed by", &block->freed);
}

/* `f` is called without the C-API lock, as the VM is. */
#define ASK_VM(result, f) do { \
    MThread *t = &m_tls; \
    PyObject *saved[3] = {t->err_type, t->err_value, t->err_tb}; \
    uint64_t epoch = m_epoch; \
    t->err_type = t->err_value = t->err_tb = NULL; \
    asking = 1; \
    M_CALLBACK_WORDS \
    M_CALLBACK_BEGIN \
    result = f; \
    M_CALLBACK_END \
    M_CALLBACK_DONE \
    asking = 0; \
    m_epoch = epoch; \
    t->err_type = saved[0], t->err_value = saved[1], t->err_tb = saved[2]; \
} while (0)

long m_debug_vm_holds(PyObject *owner, PyObject *op)
{
    if (!vm_holds || asking)
        return -1;
    W a = m_word(owner), b = m_word(op);
    long r;
    ASK_VM(r, vm_holds(a, b));
    return r;
}

static char *python_place(void)
{
    char *r = NULL;
    if (vm_where && m_tls.active && !asking)
        ASK_VM(r, vm_where());
    return r;
}

void m_report_end(MReport *report, int with_stack)
{
    if (with_stack)
        print_stack(report->out);
    char *place = python_place();
    if (place)
        fprintf(report->out, "    called from Python: %s\n", place);
    fclose(report->out);
    size_t done = 0;
    while (done < report->size) {
        ssize_t n = write(2, report->text + done, report->size - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    texts[reports_n++] = report->text;
    if (fatal)
        abort();
}

/* ---- for capi/core/debug.py ------------------------------------------------------------------------------------------------- */

PYAPI const char *m_debug_report(long i)
{
    return i >= 0 && i < reports_n ? texts[i] : NULL;
}

PYAPI void m_debug_start(int stop_at_first, char *(*where)(void), long (*holds)(W, W))
{
    fatal = stop_at_first;
    vm_where = where;
    vm_holds = holds;
}
