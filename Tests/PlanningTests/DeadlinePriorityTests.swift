import Basics
import Foundation
import Objectives
import Synchronization
import Testing

@testable import Planning

/// A clock that notices how the thread that reads it is scheduled.
private final class SchedulingClock: PlanningClock {
    private let seen = Mutex<Set<Int32>>([])
    var policies: Set<Int32> { seen.withLock { $0 } }

    func now() -> Double {
        let policy = Self.policy
        return seen.withLock {
            $0.insert(policy)
            return 0
        }
    }

    static var policy: Int32 {
        var (policy, parameter) = (Int32(0), sched_param())
        pthread_getschedparam(pthread_self(), &policy, &parameter)
        return policy
    }

    /// Whether this user may have real-time priority, found out on a thread of its own.
    static var isAllowed: Bool {
        let answer = Mutex(false)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            var lowest = sched_param()
            lowest.sched_priority = sched_get_priority_min(SCHED_FIFO)
            let problem = pthread_setschedparam(pthread_self(), SCHED_FIFO, &lowest)
            answer.withLock { $0 = problem == 0 }
            done.signal()
        }
        done.wait()
        return answer.withLock { $0 }
    }
}

@Suite("Priority of plans that are due")
struct DeadlinePriorityTests {
    private func search(
        _ priority: DeadlinePriority, deadline: Double?
    ) throws -> (record: Certificate.Search, policies: Set<Int32>) {
        let clock = SchedulingClock()
        var planner = Planner(
            LinearTestDynamics.doubleIntegrator, task: PlanningTask(goal: try Goal.parse("x0 = 0")),
            options: try PlannerOptions(horizon: 4, deadline: deadline, priority: priority), clock: clock)
        let plan = try planner.plan(from: [2, 0], start: PlannerTests.start)
        return (plan.certificate.search, clock.policies)
    }

    @Test("a plan under a short deadline goes before ordinary programs where it may, and the thread is then as it was")
    func automatic() throws {
        let before = SchedulingClock.policy
        let (record, policies) = try search(.automatic, deadline: 0.05)
        #expect(record.isRealTime == SchedulingClock.isAllowed)
        #expect(policies.contains(SCHED_FIFO) == SchedulingClock.isAllowed)
        #expect(SchedulingClock.policy == before)
    }

    @Test(
        "nothing is changed without a deadline, under a long one, or where it is not wanted",
        arguments: [(DeadlinePriority.automatic, nil), (.automatic, 0.2), (.normal, 0.05), (.realtime, nil)]
            as [(DeadlinePriority, Double?)])
    func unchanged(priority: DeadlinePriority, deadline: Double?) throws {
        let before = SchedulingClock.policy
        let (record, policies) = try search(priority, deadline: deadline)
        #expect(policies == [before])
        #expect(record.isRealTime == deadline.map { _ in false })
    }

    @Test("a loop keeps the priority between its plans, and gives it back at its end")
    func loop() throws {
        let before = SchedulingClock.policy
        var planner = Planner(
            LinearTestDynamics.doubleIntegrator, task: PlanningTask(goal: try Goal.parse("x0 = 0")),
            options: try PlannerOptions(horizon: 4, deadline: 0.05))
        planner.beginLoop()
        for _ in 0..<2 {
            let plan = try planner.plan(from: [2, 0], start: PlannerTests.start)
            #expect(plan.certificate.search.isRealTime == SchedulingClock.isAllowed)
            #expect((SchedulingClock.policy == SCHED_FIFO) == SchedulingClock.isAllowed)
        }
        planner.endLoop()
        #expect(SchedulingClock.policy == before)
    }

    @Test("a loop that never waits leaves others a part of each second, before the system stops it for longer")
    func breathes() throws {
        func seconds(_ clock: clockid_t) -> Double {
            var time = timespec()
            clock_gettime(clock, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
        guard SchedulingClock.isAllowed else { return }
        let priority = ThreadPriority(isKept: true)
        defer { priority.lower() }
        // Whole plans, each ready before its deadline, busy to its end.
        let (began, used) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_THREAD_CPUTIME_ID))
        var longest = 0.0
        while seconds(CLOCK_MONOTONIC) - began < 3 {
            let asked = seconds(CLOCK_MONOTONIC)
            let isRaised = try priority.begin(.automatic, deadline: 0.02)
            #expect(isRaised)
            while seconds(CLOCK_MONOTONIC) - asked < 0.02 {}
            priority.end()
            longest = max(longest, seconds(CLOCK_MONOTONIC) - asked)
        }
        let busy = (seconds(CLOCK_THREAD_CPUTIME_ID) - used) / (seconds(CLOCK_MONOTONIC) - began)
        #expect(busy < 0.94)
        #expect(busy > 0.85)
        #expect(longest < 0.06)
    }

    @Test("who asks for real time and may not have it is told what to do")
    func asked() throws {
        if SchedulingClock.isAllowed {
            let (record, policies) = try search(.realtime, deadline: 2)
            #expect(record.isRealTime == true)
            #expect(policies.contains(SCHED_FIFO))
        } else {
            let error = try #require(throws: ForesightError.self) { try search(.realtime, deadline: 2) }
            #expect("\(error)".contains("ulimit -r"))
        }
    }
}
