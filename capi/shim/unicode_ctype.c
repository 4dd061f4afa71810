/* _PyUnicode_Is...() and _PyUnicode_To...(): what the Unicode database says of one code point. */
#include "core/mooring.h"
#include "unicode_ctype.gen.h"

#define PAGE_BITS 7

/* Index of the record of ch; what is no code point is treated as U+0000 is, which has no property. */
static unsigned record_of(Py_UCS4 ch)
{
    if (ch >= 0x110000)
        ch = 0;
    return m_unicode_entry[m_unicode_page[ch >> PAGE_BITS] << PAGE_BITS | (ch & ((1 << PAGE_BITS) - 1))];
}

static int has(Py_UCS4 ch, unsigned flag)
{
    return (m_unicode_record[record_of(ch)].flags & flag) != 0;
}

PYAPI extern const unsigned char _Py_ascii_whitespace[128];
const unsigned char _Py_ascii_whitespace[128] = {
    ['\t'] = 1, ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, ['\r'] = 1, [0x1c] = 1, [0x1d] = 1, [0x1e] = 1, [0x1f] = 1, [' '] = 1,
};

PYAPI int _PyUnicode_IsWhitespace(const Py_UCS4 ch)
{
    return has(ch, M_UNICODE_SPACE);
}

PYAPI int _PyUnicode_IsLinebreak(const Py_UCS4 ch)
{
    return has(ch, M_UNICODE_LINEBREAK);
}

PYAPI int _PyUnicode_IsAlpha(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_ALPHA);
}

PYAPI int _PyUnicode_IsDecimalDigit(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_DECIMAL);
}

PYAPI int _PyUnicode_IsDigit(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_DIGIT);
}

PYAPI int _PyUnicode_IsNumeric(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_NUMERIC);
}

PYAPI int _PyUnicode_IsPrintable(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_PRINTABLE);
}

PYAPI int _PyUnicode_IsLowercase(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_LOWER);
}

PYAPI int _PyUnicode_IsUppercase(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_UPPER);
}

PYAPI int _PyUnicode_IsTitlecase(Py_UCS4 ch)
{
    return has(ch, M_UNICODE_TITLE);
}

/* Where the full mapping has several characters, its first. */
PYAPI Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4 ch)
{
    return ch + (Py_UCS4)m_unicode_record[record_of(ch)].lower;
}

PYAPI Py_UCS4 _PyUnicode_ToUppercase(Py_UCS4 ch)
{
    return ch + (Py_UCS4)m_unicode_record[record_of(ch)].upper;
}

PYAPI Py_UCS4 _PyUnicode_ToTitlecase(Py_UCS4 ch)
{
    return ch + (Py_UCS4)m_unicode_record[record_of(ch)].title;
}

/* -1: not a digit. */
PYAPI int _PyUnicode_ToDecimalDigit(Py_UCS4 ch)
{
    int digit = m_unicode_record[record_of(ch)].decimal;
    return digit == 255 ? -1 : digit;
}

PYAPI int _PyUnicode_ToDigit(Py_UCS4 ch)
{
    int digit = m_unicode_record[record_of(ch)].digit;
    return digit == 255 ? -1 : digit;
}

/* -1.0: not a number. */
PYAPI double _PyUnicode_ToNumeric(Py_UCS4 ch)
{
    size_t low = 0, high = sizeof(m_unicode_number) / sizeof(m_unicode_number[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ch < m_unicode_number[middle].first)
            high = middle;
        else if (ch >= m_unicode_number[middle].first + m_unicode_number[middle].count)
            low = middle + 1;
        else
            return (double)(m_unicode_number[middle].numerator + (ch - m_unicode_number[middle].first))
                   / m_unicode_number[middle].denominator;
    }
    return -1.0;
}
