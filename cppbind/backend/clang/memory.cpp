/* Where compiled code lies: one range of addresses.

   Modules refer to each other by 32-bit distances (the personality of exceptions, hidden symbols), but LLVM's own manager maps each module by
   itself, wherever the system has room.  The range is reserved at once, which costs addresses only, and has a zone for each protection, so that
   neighbours of the same protection are one mapping for the system, which allows a process some 65,000. */
#include "jit.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/Support/Memory.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

using namespace llvm;
using namespace llvm::jitlink;

namespace {

const size_t RANGE = size_t(1) << 30, LEAST = size_t(1) << 26;

struct Piece {
    char *address = nullptr;
    size_t size = 0;
};

size_t rounded(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

/* A part of the range: what has been taken grows from its beginning. */
struct Zone {
    char *next = nullptr, *end = nullptr;
    size_t unit = 0;                                    /* of what is given */
    std::vector<Piece> freed;

    Piece take(size_t size, size_t alignment) {
        size = rounded(size, unit);
        for (size_t i = 0; i < freed.size(); i++) {
            Piece piece = freed[i];
            if (piece.size < size || reinterpret_cast<uintptr_t>(piece.address) % alignment) continue;
            freed.erase(freed.begin() + i);
            if (piece.size > size) freed.push_back({piece.address + size, piece.size - size});
            return {piece.address, size};
        }
        char *begin = reinterpret_cast<char *>(rounded(reinterpret_cast<uintptr_t>(next), std::max(alignment, unit)));
        if (begin > end || size > size_t(end - begin)) return {};
        next = begin + size;
        return {begin, size};
    }
};

struct Segment {
    Piece piece;
    Zone *zone;                                         /* nullptr: a mapping of its own */
    int protection;
    bool passing;                                       /* only needed until the module is linked */
};

Error failed(const char *what) {
    return make_error<StringError>(Twine("memory for compiled code: ") + what, std::error_code(errno, std::generic_category()));
}

int protection_of(orc::MemProt wanted) {
    auto has = [wanted](orc::MemProt one) { return (wanted & one) != orc::MemProt::None; };
    return (has(orc::MemProt::Read) ? PROT_READ : 0) | (has(orc::MemProt::Write) ? PROT_WRITE : 0) | (has(orc::MemProt::Exec) ? PROT_EXEC : 0);
}

class Range : public JITLinkMemoryManager {
public:
    Range() {
        void *start = MAP_FAILED;
        size_t size = RANGE;
        while (start == MAP_FAILED && size >= LEAST) {  /* less where the process may not have so many addresses */
            start = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            if (start == MAP_FAILED) size /= 2;
        }
        if (start == MAP_FAILED) return;
        char *at = static_cast<char *>(start);
        code = {at, at + size / 8 * 3, page, {}};
        constants = {at + size / 8 * 3, at + size / 4 * 3, page, {}};
        data = {at + size / 4 * 3, at + size, 16, {}};
    }

    void allocate(const JITLinkDylib *, LinkGraph &graph, OnAllocatedFunction done) override {
        BasicLayout layout(graph);
        std::vector<Segment> segments;
        if (!place(layout, segments) && !place_apart(layout, segments)) return done(failed("there is none"));
        size_t number = 0;
        for (auto &[group, segment] : layout.segments()) {
            segment.WorkingMem = segments[number].piece.address;
            segment.Addr = orc::ExecutorAddr::fromPtr(segments[number++].piece.address);
        }
        if (Error error = layout.apply()) return release(segments), done(std::move(error));
        done(std::make_unique<InFlight>(*this, graph, std::move(segments)));
    }

    void deallocate(std::vector<FinalizedAlloc> allocations, OnDeallocatedFunction done) override {
        Error error = Error::success();
        for (auto one = allocations.rbegin(); one != allocations.rend(); ++one) {
            std::unique_ptr<Kept> kept(one->release().toPtr<Kept *>());
            for (auto action = kept->actions.rbegin(); action != kept->actions.rend(); ++action)
                error = joinErrors(std::move(error), action->runWithSPSRetErrorMerged());
            release(kept->segments);
        }
        done(std::move(error));
    }

private:
    struct Kept {
        std::vector<Segment> segments;
        std::vector<orc::shared::WrapperFunctionCall> actions;      /* for when it is deallocated */
    };

    class InFlight : public InFlightAlloc {
    public:
        InFlight(Range &range, LinkGraph &graph, std::vector<Segment> segments) : range(range), graph(graph), segments(std::move(segments)) {}

        void finalize(OnFinalizedFunction done) override {
            auto kept = std::make_unique<Kept>();
            std::vector<Segment> passing;
            for (const Segment &one : segments) {
                if (one.protection != (PROT_READ | PROT_WRITE) && mprotect(one.piece.address, one.piece.size, one.protection)) return done(failed("mprotect"));
                if (one.protection & PROT_EXEC) sys::Memory::InvalidateInstructionCache(one.piece.address, one.piece.size);
                (one.passing ? passing : kept->segments).push_back(one);
            }
            for (auto &action : graph.allocActions()) {
                if (action.Finalize)
                    if (Error error = action.Finalize.runWithSPSRetErrorMerged()) return done(std::move(error));
                if (action.Dealloc) kept->actions.push_back(action.Dealloc);
            }
            graph.allocActions().clear();
            range.release(passing);
            done(FinalizedAlloc(orc::ExecutorAddr::fromPtr(kept.release())));
        }

        void abandon(OnAbandonedFunction done) override {
            range.release(segments);
            done(Error::success());
        }

    private:
        Range &range;
        LinkGraph &graph;
        std::vector<Segment> segments;
    };

    /* Into the range, made writable; false if it is full. */
    bool place(BasicLayout &layout, std::vector<Segment> &segments) {
        std::lock_guard<std::mutex> guard(lock);
        for (auto &[group, segment] : layout.segments()) {
            int protection = protection_of(group.getMemProt());
            Zone &zone = protection & PROT_EXEC ? code : protection & PROT_WRITE ? data : constants;
            Piece piece = zone.take(segment.ContentSize + segment.ZeroFillSize, segment.Alignment.value());
            if (piece.address) segments.push_back({piece, &zone, protection, group.getMemLifetime() == orc::MemLifetime::Finalize});
            if (!piece.address || !writable(piece)) {
                for (const Segment &one : segments) one.zone->freed.push_back(one.piece);
                return segments.clear(), false;
            }
        }
        return true;
    }

    bool writable(Piece piece) const {
        auto begin = reinterpret_cast<uintptr_t>(piece.address) / page * page, end = rounded(reinterpret_cast<uintptr_t>(piece.address) + piece.size, page);
        return !mprotect(reinterpret_cast<void *>(begin), end - begin, PROT_READ | PROT_WRITE);
    }

    /* What does not fit in: a mapping of the module's own, in which its parts are near each other. */
    bool place_apart(BasicLayout &layout, std::vector<Segment> &segments) {
        size_t total = 0;
        for (auto &[group, segment] : layout.segments()) {
            if (segment.Alignment.value() > page) return false;
            total += rounded(segment.ContentSize + segment.ZeroFillSize, page);
        }
        void *start = mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) return false;
        char *at = static_cast<char *>(start);
        for (auto &[group, segment] : layout.segments()) {
            size_t size = rounded(segment.ContentSize + segment.ZeroFillSize, page);
            segments.push_back({{at, size}, nullptr, protection_of(group.getMemProt()), group.getMemLifetime() == orc::MemLifetime::Finalize});
            at += size;
        }
        return true;
    }

    void release(const std::vector<Segment> &segments) {
        std::lock_guard<std::mutex> guard(lock);
        for (const Segment &one : segments) {
            if (!one.zone)
                munmap(one.piece.address, one.piece.size);
            else if (one.zone == &data)
                memset(one.piece.address, 0, one.piece.size);
            else
                madvise(one.piece.address, one.piece.size, MADV_DONTNEED);
            if (one.zone) one.zone->freed.push_back(one.piece);
        }
    }

    std::mutex lock;
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    Zone code, constants, data;
};

}  // namespace

namespace cppbind {

std::unique_ptr<JITLinkMemoryManager> one_range() { return std::make_unique<Range>(); }

}  // namespace cppbind
