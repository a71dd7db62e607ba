import Agents
import Episodes
import Objectives
import Planning
import Reports
import WorldModels

extension PlanPage {
    /// What was measured, what is predicted with its bands, the limits, and the actions.
    static func fan(_ outcome: PlanOutcome) -> Figure {
        let certificate = outcome.plan.certificate
        let marks = ObjectiveMarks(goal: outcome.request.goal, guardrails: outcome.request.guardrails)
        let outputs = certificate.channels.enumerated().map { trace($1, index: $0, outcome, marks) }
        let actions = outcome.plan.actions.enumerated().map { trace($1, index: $0, outcome, marks) }
        return Figures.plan(
            title: "What the plan is expected to do",
            note: note(outcome), outputs: outputs, actions: actions, coverages: certificate.coverage.map { [$0] } ?? [])
    }

    private static func note(_ outcome: PlanOutcome) -> String {
        switch outcome.plan.status {
        case .certified where outcome.plan.certificate.promises.contains(.expectedShare):
            "Bands hold the truth as often as they say; where a share of the time is limited they may cross the line, as long as "
                + "the expected share is kept."
        case .certified:
            "Bands hold the truth as often as they say; limits keep clear of the bands, not only of the line."
        case .fallback where outcome.plan.recovery == true:
            "This is what the plan that breaks least is expected to do; the declared safe action would break twice as much or more, "
                + "or leave what the training data cover."
        case .fallback: "This is what the declared safe action is expected to do."
        case .refused: "No action is returned; this is what the best that was found was expected to do."
        }
    }

    private static func trace(
        _ channel: Certificate.Channel, index: Int, _ outcome: PlanOutcome, _ marks: ObjectiveMarks
    ) -> PlanTrace {
        var trace = PlanTrace(
            name: channel.name, unit: channel.unit, time: [0] + outcome.times,
            predicted: [channel.start] + channel.values)
        (trace.pastTime, trace.past) = past(channel.name, outcome, upTo: 0)
        if !channel.lower.isEmpty {
            trace.lower = [[channel.start] + channel.lower]
            trace.upper = [[channel.start] + channel.upper]
        }
        (trace.target, trace.reference, trace.timed) = targets(
            of: channel.name, unit: channel.unit, at: trace.time, marks)
        let limits = marks.limits(of: channel.name, unit: channel.unit)
        trace.limits = limits.map {
            LimitMark($0.value, label: "\(channel.name) \($0.isUpper ? "≤" : "≥") \(figure($0.value))")
        }
        trace.tightest = tightest(channel, limits, outcome)
        trace.alternatives = outcome.alternativeOutputs.enumerated().map { place, outputs in
            (name(place), [channel.start] + outputs[index])
        }
        return trace
    }

    /// What is asked of a channel: throughout, as a value or a band, or as steps with a value for each of the times; and in times of
    /// its own. What is asked for throughout is drawn across the panel, all else in its times.
    private static func targets(
        of name: String, unit: String?, at times: [Double], _ marks: ObjectiveMarks
    ) -> (ClosedRange<Double>?, [Double], [TimedTarget]) {
        let (standing, others) = marks.partedTargets(of: name, unit: unit)
        let timed = others.flatMap(ObjectiveMarks.timed)
        guard let points = standing else { return (nil, [], timed) }
        guard points.count > 1 else { return (points[0].range, [], timed) }
        let reference = times.map { time in (points.last { $0.from <= time } ?? points[0]).range.lowerBound }
        return (nil, reference, timed)
    }

    /// Where the band comes nearest to a limit, with the margin that is left there.
    private static func tightest(
        _ channel: Certificate.Channel, _ limits: [ObjectiveMarks.Limit], _ outcome: PlanOutcome
    ) -> (seconds: Double, edge: Double, limit: Double, label: String)? {
        var nearest: (margin: Double, seconds: Double, edge: Double, limit: Double)?
        for limit in limits {
            let edges =
                limit.isUpper
                ? (channel.upper.isEmpty ? channel.values : channel.upper)
                : (channel.lower.isEmpty ? channel.values : channel.lower)
            for (step, edge) in edges.enumerated() {
                let margin = limit.isUpper ? limit.value - edge : edge - limit.value
                if margin < nearest?.margin ?? .infinity { nearest = (margin, outcome.times[step], edge, limit.value) }
            }
        }
        return nearest.map {
            ($0.seconds, $0.edge, $0.limit, "margin \(NumberText.quantity($0.margin, unit: channel.unit, digits: 2))")
        }
    }

    private static func trace(
        _ series: PlanSeries, index: Int, _ outcome: PlanOutcome, _ marks: ObjectiveMarks
    ) -> ActionTrace {
        let starts = (0..<series.values.count).map { Double($0) * outcome.plan.samplingTime }
        var trace = ActionTrace(name: series.name, unit: series.unit, time: starts, planned: series.values)
        (trace.pastTime, trace.past) = past(series.name, outcome, upTo: 1)
        trace.alternatives = outcome.plan.alternatives.enumerated().map { (name($0), $1.actions[index].values) }
        // A step is judged at its end.
        (trace.target, trace.reference, trace.timed) = targets(
            of: series.name, unit: series.unit, at: starts.map { $0 + outcome.plan.samplingTime }, marks)
        let channel = outcome.source.actions.first { $0.name == series.name }
        trace.limits = [channel?.lowerLimit, channel?.upperLimit].compactMap { $0 }.map {
            LimitMark($0, label: figure($0))
        }
        return trace
    }

    /// As much of the past as the plan looks ahead, at most; `upTo` leaves out so many of the last rows.
    private static func past(_ name: String, _ outcome: PlanOutcome, upTo omitted: Int) -> ([Double], [Double]) {
        let reach = Double(outcome.plan.certificate.horizon) * outcome.plan.samplingTime
        return outcome.source.past(name, seconds: reach, upTo: omitted)
    }
}
