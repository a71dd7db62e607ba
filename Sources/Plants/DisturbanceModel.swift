import Basics

/// How the disturbances of a plant wander: each around its nominal value plus an offset and what the hour of the day
/// adds, as an Ornstein–Uhlenbeck process, exactly discretised. Meals come on top where a patient eats.
public struct DisturbanceModel: Sendable, Hashable, Codable {
    /// The wandering of one disturbance.
    public struct Wander: Sendable, Hashable, Codable {
        /// Added to the nominal value.
        public var offset: Double
        /// The standard deviation in the long run, in the unit of the channel.
        public var standardDeviation: Double
        /// The time in seconds over which a deviation is forgotten to 1/e.
        public var timeConstant: Double

        /// Creates a wandering.
        public init(offset: Double = 0, standardDeviation: Double = 0, timeConstant: Double = 1800) {
            precondition(
                standardDeviation >= 0 && timeConstant > 0,
                "standard deviation \(standardDeviation), time constant \(timeConstant) s")
            self.offset = offset
            self.standardDeviation = standardDeviation
            self.timeConstant = timeConstant
        }
    }

    /// One entry per disturbance channel; channels without an entry stay at their nominal value.
    public var channels: [Wander]
    /// What the hour of the day adds to each disturbance channel; channels without an entry have no such course.
    public var daily: [DailyCurve] = []
    /// Meals, whose carbohydrate is added to the first disturbance channel, g/min; `nil` for none.
    public var meals: MealPlan?

    /// Creates a model.
    public init(_ channels: [Wander] = [], daily: [DailyCurve] = [], meals: MealPlan? = nil) {
        self.channels = channels
        self.daily = daily
        self.meals = meals
    }

    /// Disturbances that stay at their nominal values.
    public static let nominal = DisturbanceModel()

    /// Deviations from the offsets, drawn from the long-run distribution: what a simulation starts with.
    func start(channels count: Int, using generator: inout SeededGenerator) -> [Double] {
        (0..<count).map { index in
            let draw = generator.normal()
            return index < channels.count ? draw * channels[index].standardDeviation : 0
        }
    }

    /// The deviations one sampling period later.
    func next(_ deviations: [Double], samplingTime: Double, using generator: inout SeededGenerator) -> [Double] {
        deviations.indices.map { index in
            let draw = generator.normal()
            guard index < channels.count else { return 0 }
            let kept = exponential(-samplingTime / channels[index].timeConstant)
            return kept * deviations[index] + (1 - kept * kept).squareRoot() * channels[index].standardDeviation * draw
        }
    }

    /// Disturbances for deviations, over a sampling period that begins `time` seconds after the start.
    func values(_ deviations: [Double], nominal: [Double], time: Double, samplingTime: Double) -> [Double] {
        let middle = time + samplingTime / 2
        return nominal.indices.map { index in
            nominal[index] + deviations[index] + (index < channels.count ? channels[index].offset : 0)
                + (index < daily.count ? daily[index].value(at: middle) : 0)
        }
    }

    /// What is to be expected of the deviations some time on: a deviation is forgotten as it wanders.
    func expected(_ deviations: [Double], after seconds: Double) -> [Double] {
        deviations.indices.map { index in
            index < channels.count ? deviations[index] * exponential(-seconds / channels[index].timeConstant) : 0
        }
    }
}
