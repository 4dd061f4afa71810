/* The thin C API between the front-end and its back-ends: ffi.cdef reads this file, each back-end exports these functions.

   Texts are UTF-8.  A text that is returned stays valid until the same thread's next call.  NULL, 0 or -1 means failure or
   "there is none"; cppbind_message() then says why, and is empty where nothing went wrong.  Scopes and functions are opaque
   handles, never 0, valid for ever; records, type codes and requests are described in docs/cppbind.md.

   Functions marked [compiler] answer "no compiler" in a dictionary. */

/* starting */
int cppbind_start(const char *options);                        /* once: compiler options, one a line; 0, or -1 */
const char *cppbind_message(void);                             /* what the last call had to say: diagnostics, the reason of a failure */
intptr_t cppbind_pending(void);                                /* address of the int that counts exceptions caught and not taken */

/* scopes and what is in them */
intptr_t cppbind_scope(const char *name);                      /* namespace, class or enum by its full name; "" is the global one */
const char *cppbind_describe(intptr_t scope);                  /* everything about a class or enum, in one record */
const char *cppbind_lookup(intptr_t scope, const char *name);  /* what a name means there: functions, variable, class, template, ... */
const char *cppbind_names(intptr_t scope);                     /* the names declared in a scope, one a line */
const char *cppbind_resolve(const char *expression);           /* the function that an expression calls, or the variable that it is [compiler] */

/* types */
const char *cppbind_type(const char *text);                    /* type code of a type as C++ writes it; instantiates [compiler] */
intptr_t cppbind_offset(intptr_t derived, intptr_t base, intptr_t address);  /* of a base in an object there, by its vtable if need be; -1 if none */

/* functions and data */
int cppbind_wrappers(const char *requests, intptr_t *addresses);             /* entry points, compiled in one batch; how many failed (address 0) */
const char *cppbind_wrapper_source(const char *requests);                    /* their C++ source, for a dictionary [compiler] */
intptr_t cppbind_address(intptr_t variable);                   /* of a variable or static data member */

/* code */
int cppbind_compile(const char *code);                         /* 0, 1 with warnings, -1 with errors [compiler] */
int cppbind_include_path(const char *folder);                  /* search it for headers, too; 0 or -1 [compiler] */
intptr_t cppbind_symbol(const char *name);                     /* address of a C symbol */

/* exceptions */
const char *cppbind_exception(void);                           /* takes this thread's: type, address, of its std::exception, what(); NULL if none */
void cppbind_exception_release(intptr_t address);              /* the exception object is no longer needed */

void cppbind_raise(intptr_t ticket, const char *text);         /* a callback on this thread raised: C++ that called it throws, else the entry point's caller raises */
intptr_t cppbind_dropped(void);                                /* a ticket whose exception C++ has caught and let go of, 0 if none */
void cppbind_signals(int on);                                  /* guarded entry points return when there is a SIGSEGV, SIGABRT, ... */

/* objects */
void cppbind_delete_all(intptr_t wrapper, const intptr_t *addresses, intptr_t n);    /* a destructor's wrapper for each but 0 */
