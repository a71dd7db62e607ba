// Threads that wait for blocks of a job, shared by all kernels of ours.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include <pthread.h>
#include <sched.h>

namespace ct {

// Whoever calls works too, and waits only for blocks that another has begun: a thread that wakes late, because its core is
// busy, finds nothing left and holds nobody up.
class Pool {
public:
    static Pool &shared() {
        static Pool *pool = new Pool;  // never ended: threads may outlive every static
        return *pool;
    }

    // Calls body(i) for each i below count, in no order, on so many threads at most.
    template <class Body>
    void run(int blocks, int threads, const Body &body) {
        run(blocks, threads, [](const void *what, int index) { (*static_cast<const Body *>(what))(index); }, &body);
    }

private:
    using Work = void (*)(const void *, int);

    void run(int blocks, int threads, Work job, const void *about) {
        std::unique_lock<std::mutex> turn(turns);  // one job at a time
        while (helpers < threads - 1) {
            try {
                std::thread([this] { help(); }).detach();
            } catch (const std::system_error &) {
                break;  // the system gives no more threads: those that there are do the work
            }
            helpers++;
        }
        Standing caller = threads > 1 ? Standing::own() : Standing();
        {
            std::lock_guard<std::mutex> lock(mutex);
            standing = caller;
            current = job, context = about, count = blocks, next = 0, open = threads - 1, busy = 0;
            failed = false;
        }
        wake.notify_all();
        bool fails = false;
        try {
            work(job, about);
        } catch (...) {
            fails = true;
        }
        std::unique_lock<std::mutex> lock(mutex);
        open = 0;
        done.wait(lock, [this] { return busy == 0; });
        current = nullptr;
        if (failed || fails) throw std::bad_alloc();
    }

    void work(Work job, const void *about) {
        for (int index = next.fetch_add(1); index < count; index = next.fetch_add(1)) job(about, index);
    }

    // Before whom a thread goes. A thread has that of the one that made it, which may have been a plan under a deadline or not: so
    // whoever helps goes before others as much as the one that is helped.
    struct Standing {
        int policy = SCHED_OTHER;
        sched_param parameter = {};

        static Standing own() {
            Standing standing;
            pthread_getschedparam(pthread_self(), &standing.policy, &standing.parameter);
            return standing;
        }

        bool operator==(const Standing &other) const {
            return policy == other.policy && parameter.sched_priority == other.parameter.sched_priority;
        }

        void take() const { pthread_setschedparam(pthread_self(), policy, &parameter); }
    };

    void help() {
        Standing own = Standing::own();
        std::unique_lock<std::mutex> lock(mutex);
        for (;;) {
            wake.wait(lock, [this] { return open > 0 && next.load() < count; });
            open--, busy++;
            Work job = current;
            const void *about = context;
            Standing asked = standing;
            lock.unlock();
            if (!(own == asked)) {
                asked.take();
                own = asked;
            }
            bool fails = false;
            try {
                work(job, about);
            } catch (...) {
                fails = true;
            }
            lock.lock();
            failed = failed || fails;
            if (--busy == 0) done.notify_all();
        }
    }

    std::mutex turns, mutex;
    std::condition_variable wake, done;
    std::atomic<int> next{0};
    Work current = nullptr;
    const void *context = nullptr;
    int count = 0, open = 0, busy = 0, helpers = 0;
    bool failed = false;
    Standing standing;
};

}  // namespace ct
