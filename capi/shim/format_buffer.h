/* A byte buffer that grows: what the ...FromFormat() functions write into. */
#ifndef MOORING_FORMAT_BUFFER_H
#define MOORING_FORMAT_BUFFER_H

typedef struct {
    char *data;                          /* `few`, or PyMem's */
    size_t size, room;
    char few[256];
} FormatBuffer;

static inline void format_begin(FormatBuffer *b)
{
    b->data = b->few;
    b->size = 0;
    b->room = sizeof(b->few);
}

static inline void format_end(FormatBuffer *b)
{
    if (b->data != b->few)
        PyMem_Free(b->data);
}

/* Where n bytes can be written now; the caller adds them to size. */
static inline char *format_reserve(FormatBuffer *b, size_t n)
{
    if (n > b->room - b->size) {
        size_t room = (b->size + n) * 2;
        char *data = PyMem_Malloc(room);
        if (data == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        memcpy(data, b->data, b->size);
        format_end(b);
        b->data = data;
        b->room = room;
    }
    return b->data + b->size;
}

static inline int format_add(FormatBuffer *b, const char *text, size_t n)
{
    char *to = format_reserve(b, n);
    if (to == NULL)
        return 0;
    memcpy(to, text, n);
    b->size += n;
    return 1;
}

static inline int format_fill(FormatBuffer *b, char c, Py_ssize_t n)
{
    if (n <= 0)
        return 1;
    char *to = format_reserve(b, (size_t)n);
    if (to == NULL)
        return 0;
    memset(to, c, (size_t)n);
    b->size += (size_t)n;
    return 1;
}

/* "0x..." in at most 2 + 16 bytes, NUL-terminated. */
static inline int format_pointer(char *text, const void *p)
{
    return snprintf(text, 20, "0x%llx", (unsigned long long)(uintptr_t)p);
}

#endif
