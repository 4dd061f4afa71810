/* Py_DecodeLocale(), Py_EncodeLocale(): C strings of the file system's encoding, UTF-8, and wide strings.  Bytes that are no
   UTF-8 become lone surrogates and back.  Both work without the lock. */
#include "core/mooring.h"

/* Length of the UTF-8 sequence at `p` and its character; 0 if it is none. */
static int sequence(const unsigned char *p, uint32_t *c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    int n = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;
    if (n < 2) {
        *c = p[0];
        return n;
    }
    *c = p[0] & (0x7fu >> n);
    for (int i = 1; i < n; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        *c = *c << 6 | (p[i] & 63u);
    }
    return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

PYAPI wchar_t *Py_DecodeLocale(const char *arg, size_t *size)
{
    size_t n = 0;
    wchar_t *text = PyMem_RawMalloc((strlen(arg) + 1) * sizeof(wchar_t));
    if (!text) {
        if (size)
            *size = (size_t)-1;
        return NULL;
    }
    for (const unsigned char *p = (const unsigned char *)arg; *p;) {
        uint32_t c;
        int length = sequence(p, &c);
        text[n++] = (wchar_t)(length ? c : 0xdc00u + *p);
        p += length ? length : 1;
    }
    text[n] = 0;
    if (size)
        *size = n;
    return text;
}

PYAPI char *Py_EncodeLocale(const wchar_t *text, size_t *error_pos)
{
    size_t n = 0;
    unsigned char *out = PyMem_Malloc(wcslen(text) * 4 + 1);
    if (error_pos)
        *error_pos = (size_t)-1;
    if (!out)
        return NULL;
    for (size_t i = 0; text[i]; i++) {
        uint32_t c = (uint32_t)text[i];
        if (c >= 0xdc80 && c <= 0xdcff)
            out[n++] = (unsigned char)c;
        else if (c < 0x80)
            out[n++] = (unsigned char)c;
        else if (c < 0x800) {
            out[n++] = (unsigned char)(0xc0 | c >> 6);
            out[n++] = (unsigned char)(0x80 | (c & 63));
        } else if (c < 0x10000 && (c < 0xd800 || c >= 0xe000)) {
            out[n++] = (unsigned char)(0xe0 | c >> 12);
            out[n++] = (unsigned char)(0x80 | (c >> 6 & 63));
            out[n++] = (unsigned char)(0x80 | (c & 63));
        } else if (c >= 0x10000 && c <= 0x10ffff) {
            out[n++] = (unsigned char)(0xf0 | c >> 18);
            out[n++] = (unsigned char)(0x80 | (c >> 12 & 63));
            out[n++] = (unsigned char)(0x80 | (c >> 6 & 63));
            out[n++] = (unsigned char)(0x80 | (c & 63));
        } else {
            if (error_pos)
                *error_pos = i;
            PyMem_Free(out);
            return NULL;
        }
    }
    out[n] = 0;
    return (char *)out;
}
