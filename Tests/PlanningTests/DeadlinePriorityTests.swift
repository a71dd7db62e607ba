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
    func breathes() {
        var share = ProcessorShare()
        var (now, used, longest) = (5.0, 2.0, 0.0)
        // When the loop was busy, in hundredths of a second.
        var busy: [Double] = []
        while now < 9 {
            let asked = now
            // Whole plans of 20 ms, each ready in time, and busy but for what they wait.
            let wait = share.wait(at: now, used: used, deadline: 0.02)
            now += wait
            busy += [Double](repeating: 0, count: Int((100 * wait).rounded()))
            while now - asked < 0.02 - 1e-9 {
                now += 0.01
                used += 0.01
                busy.append(1)
            }
            longest = max(longest, now - asked)
        }
        #expect(busy.contains(0) && longest < 0.021)
        // In any second, wherever it begins.
        let shares = (0..<busy.count - 100).map { busy[$0..<$0 + 100].reduce(0, +) / 100 }
        #expect(shares.allSatisfy { $0 > 0.85 && $0 < 0.94 }, "\(shares.min() ?? 0) to \(shares.max() ?? 0)")
        // Who is busy half of the time never waits.
        var half = ProcessorShare()
        #expect((0..<300).allSatisfy { half.wait(at: 0.02 * Double($0), used: 0.01 * Double($0), deadline: 0.02) == 0 })
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
