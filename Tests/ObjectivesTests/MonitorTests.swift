import Basics
import Objectives
import Testing

@Test("The last reading of a monitor is the margin of the whole trajectory, and bounds only narrow", arguments: 0..<3)
func monitorMeetsMargin(seed: Int) throws {
    var generator = SeededGenerator(seed: 600 + UInt64(seed))
    let horizon = 12
    let context = ReferenceTrajectory.context(horizon: horizon)
    for _ in 0..<15 {
        let (formula, guardrail) = try randomGuardrail(using: &generator, horizon: horizon)
        let batch = ReferenceTrajectory.batch(candidates: 1, horizon: horizon, using: &generator)
        var monitor = try GuardrailMonitor(
            guardrail.guardrail, outputs: context.outputs, actions: context.actions, samplingTime: 1,
            duration: horizon)
        var last = monitor.observe(outputs: context.initialOutputs, actions: context.previousActions)
        for step in 0..<horizon {
            let reading = monitor.observe(
                outputs: [batch.output(0, step, 0), batch.output(0, step, 1)], actions: [batch.action(0, step, 0)])
            #expect(reading.margin <= last.margin && reading.assured >= last.assured, "\(formula.source)")
            last = reading
        }
        let expected = guardrail.margins(of: batch, in: .normalised)[0]
        let physical = guardrail.margins(of: batch)[0]
        #expect(last.margin == last.assured && last.time == Double(horizon))
        let error = min(abs(last.margin - Double(expected)), abs(last.margin - Double(physical)))
        #expect(error < 1e-4 * max(1, abs(last.margin)), "\(formula.source): \(last.margin), \(expected)")
        #expect((last.margin >= 0) == (expected >= 0) || abs(expected) < 1e-4)
    }
}

@Test("A monitor tells the margin left at each instant")
func monitorReadings() throws {
    func readings(_ source: String, _ values: [Float], duration: Int? = nil) throws -> [GuardrailMonitor.Reading] {
        var monitor = try GuardrailMonitor(
            Guardrail.parse(source), outputs: Laboratory.outputs, actions: Laboratory.actions, samplingTime: 10,
            duration: duration)
        return values.map { monitor.observe(outputs: [$0, 0, 0, 0], actions: [0, 0]) }
    }
    let limit = try readings("T1 <= 55", [90, 30, 40, 50, 60, 30])
    // The first observation is where the loop was put, not what it did.
    #expect(limit.map(\.margin) == [.infinity, 25, 15, 5, -5, -5])
    #expect(limit.map(\.verdict) == [.open, .open, .open, .open, .violated, .violated])
    #expect(limit.map(\.time) == [0, 10, 20, 30, 40, 50])
    let reached = try readings("eventually[0, 40](T1 >= 50)", [0, 30, 52, 40, 40, 99])
    #expect(reached.map(\.verdict) == [.open, .open, .holds, .holds, .holds, .holds])
    #expect(reached.map(\.assured) == [-.infinity, -20, 2, 2, 2, 2])
    let missed = try readings("eventually[0, 40](T1 >= 50)", [0, 30, 42, 40, 40, 99])
    #expect(missed.map(\.verdict) == [.open, .open, .open, .open, .violated, .violated])
    let answer = try readings("always(T1 >= 50 implies eventually[0, 20](T1 <= 40))", [0, 30, 52, 51, 39, 55, 55, 55])
    #expect(answer.map(\.verdict) == [.open, .open, .open, .open, .open, .open, .open, .violated])
    let until = try readings("T1 <= 45 until T1 >= 60", [0, 30, 40, 44, 61, 99])
    #expect(until.map(\.verdict) == [.open, .open, .open, .open, .holds, .holds])
    let broken = try readings("T1 <= 45 until T1 >= 60", [0, 30, 50, 61])
    #expect(broken.map(\.verdict) == [.open, .open, .violated, .violated].dropLast(0))
    let done = try readings("T1 <= 55", [0, 30, 40], duration: 2)
    #expect(done.last?.verdict == .holds && done.last?.assured == 15)
    #expect(try readings("T1 <= 55", [0, .nan, 30]).map(\.verdict) == [.open, .violated, .violated])
}

@Test("What is exactly at a limit keeps it, now and as it is watched, whatever single precision makes of both")
func exactlyAtLimit() throws {
    // In single precision 0.3 is a little more than in double.
    for source in ["Q1 <= 0.3", "3 * Q1 <= 0.9", "T1 <= 0.3", "0.3 - T1 >= 0"] {
        var monitor = try GuardrailMonitor(
            Guardrail.parse(source), outputs: Laboratory.outputs, actions: Laboratory.actions, samplingTime: 10)
        for _ in 0..<3 {
            let reading = monitor.observe(outputs: [0.3, 0, 0, 0], actions: [0.3, 0])
            #expect(reading.verdict == .open, "\(source): \(reading.margin)")
        }
        let start = Laboratory.context(initial: [0.3, 0, 0, 0], previous: [0.3, 0])
        #expect(try Guardrail.parse(source).compile(context: start).warnings.isEmpty, "\(source)")
    }
}

@Test("A long loop is watched in time that doesn't grow with its past")
func longLoop() throws {
    var monitor = try GuardrailMonitor(
        Guardrail.parse("always(T1 >= 50 implies eventually[0, 200](T1 <= 40))"), outputs: Laboratory.outputs,
        actions: Laboratory.actions, samplingTime: 10)
    var last: GuardrailMonitor.Reading?
    for step in 0..<6000 {
        last = monitor.observe(outputs: [step % 15 == 0 ? 30 : 60, 0, 0, 0], actions: [0, 0])
    }
    #expect(last?.margin == 10 && last?.verdict == .open)
}
