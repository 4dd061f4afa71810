/* The table of a dict that lives in C. */
#include "core/dicts.h"

#define FEW 8                           /* entries without `places` */
#define MOST ((uint32_t)1 << 30)

/* ---- hashes: C's own, as the VM's are not known here -------------------------------------------------------------------- */

static inline int64_t mixed(uint64_t h)
{
    h *= 0x9e3779b97f4a7c15u;
    return (int64_t)(h ^ h >> 29);
}

static int64_t hash_of_bytes(const char *data, size_t n)
{
    uint64_t h = n, part;
    for (; n >= 8; data += 8, n -= 8) {
        memcpy(&part, data, 8);
        h = (uint64_t)mixed(h ^ part);
    }
    part = 0;
    memcpy(&part, data, n);
    return mixed(h ^ part);
}

static inline int64_t hash_of(PyObject *key)
{
    if (PyUnicode_CheckExact(key))
        return hash_of_bytes(PyUnicode_DATA(key), (size_t)PyUnicode_GET_LENGTH(key) * PyUnicode_KIND(key));
    return key == Py_None ? 0 : mixed((uint64_t)m_long_value(key));
}

/* ---- the table ----------------------------------------------------------------------------------------------------------- */

static MTable *table_new(uint32_t room)
{
    MTable *table = m_traced(malloc(sizeof(MTable) + room * sizeof(MEntry)), sizeof(MTable) + room * sizeof(MEntry));
    if (!table)
        return NULL;
    *table = (MTable){.room = room};
    if (room > FEW) {
        uint32_t places = 16;
        while (places < room + room / 2)
            places *= 2;
        if (!(table->places = calloc(places, sizeof *table->places))) {
            m_untraced(table);
            free(table);
            return NULL;
        }
        table->mask = places - 1;
    }
    return table;
}

static void only_memory(MTable *table)
{
    free(table->places);
    m_untraced(table);
    free(table);
}

static inline void end(MTable *table, void (*let_go)(PyObject *))
{
    for (uint32_t i = 0; i < table->used; i++)
        if (table->entries[i].key) {
            let_go(table->entries[i].key);
            let_go(table->entries[i].value);
        }
    only_memory(table);
}

static inline void release(PyObject *op)
{
    Py_DECREF(op);
}

void m_table_free(MTable *table)
{
    end(table, release);
}

void m_table_drop(MTable *table)
{
    end(table, m_drop);
}

int m_table_visit(MTable *table, visitproc visit, void *arg)
{
    for (uint32_t i = 0; table && i < table->used; i++)
        Py_VISIT(table->entries[i].value);
    return 0;
}

static inline int is_entry(MEntry *entry, PyObject *key, int64_t hash)
{
    return entry->hash == hash && entry->key && (entry->key == key || m_same_value(entry->key, key));
}

static MEntry *find(MTable *table, PyObject *key, int64_t hash)
{
    if (!table)
        return NULL;
    if (!table->mask) {
        for (uint32_t i = 0; i < table->used; i++)
            if (is_entry(&table->entries[i], key, hash))
                return &table->entries[i];
        return NULL;
    }
    for (uint32_t place = (uint32_t)hash & table->mask; table->places[place]; place = (place + 1) & table->mask) {
        MEntry *entry = &table->entries[table->places[place] - 1];
        if (is_entry(entry, key, hash))
            return entry;
    }
    return NULL;
}

/* Room for one more entry is there; its references are the caller's. */
static void append(MTable *table, PyObject *key, PyObject *value, int64_t hash)
{
    table->entries[table->used++] = (MEntry){key, value, hash};
    table->n++;
    if (table->mask) {
        uint32_t place = (uint32_t)hash & table->mask;
        while (table->places[place])
            place = (place + 1) & table->mask;
        table->places[place] = table->used;
    }
}

/* Move the entries to a table of their own without those that were deleted. */
static int rebuild(MDict *dict, uint32_t room)
{
    MTable *old = dict->table, *table = table_new(room);
    if (!table) {
        PyErr_NoMemory();
        return -1;
    }
    for (uint32_t i = 0; old && i < old->used; i++)
        if (old->entries[i].key)
            append(table, old->entries[i].key, old->entries[i].value, old->entries[i].hash);
    if (old)
        only_memory(old);
    dict->table = table;
    return 0;
}

static int make_room(MDict *dict)
{
    MTable *table = dict->table;
    if (likely(table && table->used < table->room))
        return 0;
    if (table && table->n >= MOST) {
        PyErr_NoMemory();
        return -1;
    }
    return rebuild(dict, !table ? FEW : table->n > table->room / 2 ? table->room * 2 : table->room);
}

/* ---- the dict -------------------------------------------------------------------------------------------------------------- */

PyObject *m_dict_new(Py_ssize_t room)
{
    MDict *dict = m_alloc(sizeof(PyDictObject));
    if (!dict)
        return PyErr_NoMemory();
    memset(dict, 0, sizeof(PyDictObject));
    ((PyObject *)dict)->ob_type = &PyDict_Type;
    ((PyObject *)dict)->ob_refcnt = 1;
    if (room > FEW && room < MOST && rebuild(dict, (uint32_t)room) < 0)
        Py_CLEAR(dict);
    return (PyObject *)dict;
}

PyObject *m_dict_find(PyObject *op, PyObject *key)
{
    MEntry *entry = m_dict_length(op) ? find(DICT(op)->table, key, hash_of(key)) : NULL;
    return entry ? entry->value : NULL;
}

PyObject *m_dict_find_text(PyObject *op, const char *text)
{
    MTable *table = DICT(op)->table;
    if (!m_dict_length(op))
        return NULL;
    size_t n = 0;
    while (text[n] && !(text[n] & 0x80))
        n++;
    if (text[n]) {
        PyObject *key = m_name(text);
        return key ? m_dict_find(op, key) : NULL;
    }
    int64_t hash = hash_of_bytes(text, n);
    uint32_t place = (uint32_t)hash & table->mask, i = 0;
    while (table->mask ? (i = table->places[place]) : i++ < table->used) {
        MEntry *entry = &table->entries[i - 1];
        if (entry->hash == hash && entry->key && PyUnicode_CheckExact(entry->key) && PyUnicode_IS_ASCII(entry->key)
                && (size_t)PyUnicode_GET_LENGTH(entry->key) == n && !memcmp(PyUnicode_DATA(entry->key), text, n))
            return entry->value;
        place = (place + 1) & table->mask;
    }
    return NULL;
}

int m_dict_put(PyObject *op, PyObject *key, PyObject *value)
{
    MDict *dict = DICT(op);
    int64_t hash = hash_of(key);
    MEntry *entry = find(dict->table, key, hash);
    if (entry) {
        PyObject *old = entry->value;
        dict->changes++;
        entry->value = Py_NewRef(value);
        Py_DECREF(old);                 /* last, as it may run code */
        return 0;
    }
    if (make_room(dict) < 0)
        return -1;
    dict->changes++;
    append(dict->table, Py_NewRef(key), Py_NewRef(value), hash);
    return 0;
}

int m_dict_remove(PyObject *op, PyObject *key, PyObject **value)
{
    MEntry *entry = find(DICT(op)->table, key, hash_of(key));
    if (!entry)
        return 0;
    PyObject *old = entry->key;
    *value = entry->value;
    entry->key = entry->value = NULL;
    DICT(op)->table->n--;
    DICT(op)->changes++;
    Py_DECREF(old);
    return 1;
}

PyObject *m_dict_copy(PyObject *op)
{
    MTable *table = DICT(op)->table;
    PyObject *copy = m_dict_new(table ? table->n : 0);
    for (uint32_t i = 0; copy && table && i < table->used; i++) {
        MEntry *entry = &table->entries[i];
        if (!entry->key)
            continue;
        if (make_room(DICT(copy)) < 0)
            Py_CLEAR(copy);
        else
            append(DICT(copy)->table, Py_NewRef(entry->key), Py_NewRef(entry->value), entry->hash);
    }
    return copy;
}

int m_dict_next(PyObject *op, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    MTable *table = DICT(op)->table;
    Py_ssize_t i = *pos;
    if (!table || i < 0)
        return 0;
    if (!i && unlikely(table->n != table->used)) {      /* so that positions are those in the VM, should the dict cross meanwhile */
        if (rebuild(DICT(op), table->room) < 0)
            PyErr_Clear();
        table = DICT(op)->table;
    }
    while (i < table->used && !table->entries[i].key)
        i++;
    if (i >= table->used)
        return 0;
    if (key)
        *key = table->entries[i].key;
    if (value)
        *value = table->entries[i].value;
    *pos = i + 1;
    return 1;
}

MTable *m_dict_take(PyObject *op)
{
    MTable *table = DICT(op)->table;
    DICT(op)->table = NULL;
    DICT(op)->changes++;
    return table;
}
