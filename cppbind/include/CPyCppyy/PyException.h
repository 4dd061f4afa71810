/* A Python exception on its way through frames of C++: raised in a callback, it is thrown as this, and becomes itself again in Python. */
#pragma once

#include <exception>

namespace CPyCppyy {

class __attribute__((visibility("default"))) PyException : public std::exception {
public:
    PyException();                                      /* of the Python exception that this thread's last callback raised */
    PyException(const PyException &other) noexcept;
    PyException &operator=(const PyException &) = delete;
    ~PyException() noexcept override;
    const char *what() const noexcept override;         /* its type, its text and where it was raised */
    void clear() const noexcept {}                      /* it is gone with the last copy of this object */
    long ticket() const noexcept;                       /* by which the front-end knows it */

private:
    struct State *state;
};

}  // namespace CPyCppyy
