/* Small tuples, and instances that have no state in C, on their way into C.  The VM writes the words of a tuple's items, or the
   instance's type and the letter's turn, into a letter, whose number goes with the call, and remembers the object; the trampoline
   makes C's object of it.  The VM is asked to link the two only if C keeps it, or sends it back before the call is over.

   A number has a check of the words with it: if another call came between the writing and the reading, and used the letter,
   the call starts over.  Letters below `open` belong to calls under way; one whose first word is 0 has been read. */
#ifndef MOORING_MAIL_H
#define MOORING_MAIL_H
#include "core/mooring.h"

#define M_LETTERS 128
#define M_LETTER_CHECK (((W)1 << 50) - 1)
#define M_LETTER(w) ((w) >> 3 & (M_LETTERS - 1))
#define M_LETTER_ITEMS(w) ((w) >> 10 & 3)       /* 0: an instance */

typedef struct {
    int64_t open, turn;
    W words[M_LETTERS][4];
} MMail;

extern MMail m_mail;

int m_letter_open(W w, PyObject **out);         /* a new object; 0 if the letter is another's */
void m_letter_close(W w, PyObject *op);         /* the call is over */
W m_letter_link(PyObject *op);                  /* a lasting link for the object of a call under way; 0 if the VM has forgotten it */
void m_letter_spare_free(void);                 /* the struct that is kept for the next instance */

#endif
