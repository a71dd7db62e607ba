import Episodes
import Foundation

/// A control problem with one cost for every controller: targets over time, limits, starts and noise by seed.
public struct ControlTask: Sendable {
    /// What one output should be, over time.
    public struct Target: Sendable, Hashable {
        /// The index of the output.
        public var output: Int
        /// The target from each time on, s, in order; the first time is 0.
        public var schedule: [Setpoint]
        /// The deviation that costs 1 per step, in the unit of the output.
        public var scale: Double
        /// Half the width of the band that must be held, in the unit of the output.
        public var band: Double
        /// The time after each change of any target until the band must be held, s.
        public var settlingTime: Double

        /// Creates a target.
        public init(output: Int, schedule: [Setpoint], scale: Double, band: Double, settlingTime: Double) {
            precondition(schedule.first?.start == 0, "a schedule starts at time 0")
            precondition(scale > 0 && band > 0, "scale \(scale), band \(band)")
            self.output = output
            self.schedule = schedule
            self.scale = scale
            self.band = band
            self.settlingTime = settlingTime
        }
    }

    /// A value from a time on.
    public struct Setpoint: Sendable, Hashable {
        /// Since when, s.
        public var start: Double
        /// The value, in the unit of the output.
        public var value: Double

        /// Creates a set point.
        public init(from start: Double, _ value: Double) {
            self.start = start
            self.value = value
        }
    }

    /// The name by which commands know the task.
    public var name: String
    /// The plant.
    public var plant: any Plant
    /// How the disturbances wander.
    public var disturbances: DisturbanceModel = .nominal
    /// What the disturbances are in an episode of a seed, over time from the beginning of its warm-up, in place of those that
    /// wander; `nil` for these.
    public var schedule: (@Sendable (UInt64) -> DisturbanceSchedule)?
    /// The number of decisions.
    public var steps: Int
    /// The targets.
    public var targets: [Target]
    /// The cost per step of a change of an action across its whole range in one step, squared for smaller ones.
    public var moveWeight: Double
    /// The cost per step of an action at the upper end of its range, squared for lower ones: what an actuator uses up.
    public var levelWeight: Double
    /// The steps at the start that cost nothing, since nothing can be done about them.
    public var freeSteps: Int
    /// The limits that must hold after every step, on the true outputs.
    public var limits: [OutputLimit]
    /// The share of the steps in which a limit may be crossed, in (0, 1), where chance decides and nobody can promise every
    /// step; `nil` for none.
    public var limitShare: Double?
    /// The steps of an episode in which a limit may be crossed.
    public var allowedViolations: Int { limitShare.map { Int($0 * Double(steps) + 1e-9) } ?? 0 }
    /// The steps before the first decision in which a random action is held, so that a history exists and starts
    /// differ; with `isHeldByCustomary`, the customary controller drives instead.
    public var warmUpSteps: Int
    /// The part of the actions' ranges from which the held action is drawn, 0…1.
    public var warmUpSpan: ClosedRange<Double>
    /// The ranges from which the held action is drawn instead, `[action]`, where a plant stands only a few; ranges of one
    /// value hold that.
    public var warmUpActions: [ClosedRange<Double>]?
    /// The loops that the comparison begins with, where step responses do not give them; see `ruleTunedPID`.
    public var baselineLoops: [MultiLoopPID.Pairing]?
    /// What is customary on the plant, such as the controller of its own literature: what planners are compared with in
    /// place of tuned loops; empty for those.
    public var customary: [NamedController] = []
    /// Whether the first of `customary` holds the plant while nobody else does: up to the first decision and while a log is
    /// made.
    public var isHeldByCustomary = false
    /// The controller that holds the plant while nobody else does, where one is needed.
    public var holder: NamedController? { isHeldByCustomary ? customary.first : nil }
    /// An action that is known to be safe to hold, where trying them all does not tell; see `safeAction`.
    public var declaredSafeAction: [Double]?
    /// By how long disturbances that come at once, such as meals, are announced before they begin, s; 0 for as they
    /// begin, `nil` for not at all, nor measured.
    public var announcementLead: Double?

    /// What breaks in the middle of every episode; scores, references and what planners are told know nothing of it.
    public var faults: [PlantFault] = []

    /// The steps over which announced disturbances are told: six hours, and 1000 steps at most.
    public var forecastSteps: Int { max(1, Int(min(1000, (21_600 / plant.samplingTime).rounded(.up)))) }

    /// Creates a task.
    public init(
        name: String, plant: any Plant, steps: Int, targets: [Target], moveWeight: Double, levelWeight: Double = 0,
        freeSteps: Int = 0, limits: [OutputLimit], warmUpSteps: Int = 0, warmUpSpan: ClosedRange<Double> = 0...1
    ) {
        self.name = name
        self.plant = plant
        self.steps = steps
        self.targets = targets
        self.moveWeight = moveWeight
        self.levelWeight = levelWeight
        self.freeSteps = freeSteps
        self.limits = limits
        self.warmUpSteps = warmUpSteps
        self.warmUpSpan = warmUpSpan
    }

    /// The targets that what happens in step `step` is held against, `[output]`; `nil` where an output has none.
    public func reference(at step: Int) -> [Double?] {
        var values = [Double?](repeating: nil, count: plant.outputChannels.count)
        // Half a step of slack keeps a start that is a multiple of the sampling time from rounding either way.
        let time = (Double(step) + 0.5) * plant.samplingTime
        for target in targets {
            values[target.output] = target.schedule.last { $0.start <= time }?.value ?? target.schedule[0].value
        }
        return values
    }

    /// Whether the band of a target must be held in a step: its settling time after the last change has passed.
    public func mustHold(_ target: Target, at step: Int) -> Bool {
        let time = (Double(step) + 0.5) * plant.samplingTime
        let changes = targets.flatMap(\.schedule).map(\.start).filter { $0 <= time }
        return time - (changes.max() ?? 0) > target.settlingTime
    }

    /// The limits in the words of guardrails, such as `always(T1 <= 52)`, or of one, such as
    /// `share(buffer1 >= 1 and buffer1 <= 39) >= 95 %`.
    public var guardrails: [String] {
        let sides = self.sides
        guard let limitShare, !sides.isEmpty else { return sides.map { "always(\($0))" } }
        return ["share(\(sides.joined(separator: " and "))) >= \(short(100 * (1 - limitShare))) %"]
    }

    /// The sides of the limits, as comparisons.
    private var sides: [String] {
        limits.flatMap { limit in
            let name = plant.outputChannels[limit.output].name
            return [
                limit.lower.map { "\(name) >= \(short($0))" }, limit.upper.map { "\(name) <= \(short($0))" },
            ]
            .compactMap { $0 }
        }
    }

    /// A number of at most nine digits, without a fraction of zero.
    func short(_ value: Double) -> String {
        if value == 0 { return "0" }
        guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
        // Dividing by a power of ten rounds to the nearest number that prints short; multiplying by its inverse does not.
        let power = (0..<9 - max(0, Int(log10(abs(value))))).reduce(1.0) { factor, _ in factor * 10 }
        let rounded = (value * power).rounded() / power
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
