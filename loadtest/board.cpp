#include "loadtest/board.hpp"

#include <sys/mman.h>

#include <new>

namespace campgate::rush {

board& board::make_shared() {
    void* memory =
        mmap(nullptr, sizeof(board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    return *new (memory) board;
}

}  // namespace campgate::rush
