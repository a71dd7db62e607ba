// Where exceptions of the kernels are caught: memory that is not there is all that can go wrong in them. Threads that are not
// there are done without.
#pragma once

#include "kernels.h"

namespace ct {

// Runs `body`; an exception becomes `failed`.
template <class Body>
auto guarded(Body &&body, decltype(body()) failed) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (...) {
        return failed;
    }
}

// A function that only acts: 0 when done.
template <class Body>
int act(Body &&body) noexcept {
    return guarded([&] { body(); return 0; }, -1);
}

}  // namespace ct
