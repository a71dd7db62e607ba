import Basics

/// The twenty disturbances of the paper, `IDV(1)` to `IDV(20)`, alone or together.
///
/// 1 to 7 are steps, 8 to 12 vary at random, 13 drifts slowly, 14 and 15 are sticking valves. The paper keeps 16 to 20 to
/// itself; what they do is what the published program does: heat transfer of the steam that varies (16), of reactor and
/// condenser that falls now and then and recovers (17, 18), four more sticking valves (19), and a flow out of the
/// reactor that is throttled now and then (20).
public struct EastmanDisturbances: Sendable, Hashable {
    /// Which disturbances act, 1 to 20.
    public var active: Set<Int>
    /// Since when, s.
    public var start: Double

    /// Creates disturbances.
    ///
    /// - Throws: `ForesightError` when a number is not 1 to 20.
    public init(_ active: Set<Int>, from start: Double = 0) throws {
        if let wrong = active.sorted().first(where: { !(1...20).contains($0) }) {
            throw ForesightError.usage(
                "the Tennessee Eastman process has no disturbance \(wrong)", remedy: "choose from 1 to 20")
        }
        self.active = active
        self.start = start
    }

    /// The disturbances over time for a simulation. A value holds over a sampling period: that of its middle.
    ///
    /// - Parameters:
    ///   - hours: The length that is prepared; beyond it, the last values stay.
    ///   - samplingTime: Seconds between samples of the plant.
    ///   - seed: Decides how the random ones vary.
    /// - Returns: The disturbances, in the order of the plant's channels.
    public func schedule(hours: Double, samplingTime: Double, seed: UInt64) -> DisturbanceSchedule {
        var generator = SeededGenerator(seed: seed, stream: 5)
        let walks = Walk.all.map { walk in
            walk.curve(
                isActive: active.contains(walk.disturbance), from: start / 3600, hours: hours, using: &generator)
        }
        let copy = self
        return DisturbanceSchedule { time in
            copy.values(walks.map { $0.value(at: (time + samplingTime / 2) / 3600) }, at: time)
        }
    }

    /// The quantities for the values of the twelve walks, in the order of `TennesseeEastman.Disturbance`.
    private func values(_ walks: [Double], at time: Double) -> [Double] {
        func on(_ number: Int) -> Double { time >= start - 1e-6 && active.contains(number) ? 1 : 0 }
        return TennesseeEastman.Disturbance.allCases.map { quantity in
            switch quantity {
            case .feedCShareOfA: 100 * (walks[0] - 0.03 * on(1) - 2.43719e-3 * on(2))
            case .feedCShareOfB: 100 * (walks[1] + 0.005 * on(2))
            case .feedDTemperature: walks[2] + 5 * on(3)
            case .feedCTemperature: walks[3]
            case .reactorWaterTemperature: walks[4] + 5 * on(4)
            case .condenserWaterTemperature: walks[5] + 5 * on(5)
            case .reaction1: 100 * walks[6]
            case .reaction2: 100 * walks[7]
            case .feedAAvailability: 100 * (1 - on(6))
            case .feedCAvailability: 100 * (1 - 0.2 * on(7))
            case .steamHeatTransfer: 100 * (1 + walks[8])
            case .reactorHeatTransfer: 100 * (1 - 0.35 * walks[9])
            case .condenserHeatTransfer: 100 * (1 - 0.25 * walks[10])
            case .reactorOutflow: 100 * (1 - 0.25 * walks[11])
            case .reactorWaterValveSticking: 2 * on(14)
            case .condenserWaterValveSticking: 2 * on(15)
            case .otherValvesSticking: 2 * on(19)
            }
        }
    }
}

/// One of the twelve quantities that vary at random in the published program.
private struct Walk {
    /// The disturbance that lets it vary.
    let disturbance: Int
    /// Where it stays else.
    let centre: Double
    /// How far from there its knots lie at most; 0 for a quantity that falls now and then.
    let reach: Double
    /// Hours between knots: the mean, and how much they differ from it at most.
    let spacing: Double
    let spread: Double

    static let all = [
        Walk(disturbance: 8, centre: 0.485, reach: 0.03, spacing: 0.5, spread: 0.2),
        Walk(disturbance: 8, centre: 0.005, reach: 0.003, spacing: 1, spread: 0.7),
        Walk(disturbance: 9, centre: 45, reach: 10, spacing: 0.5, spread: 0.25),
        Walk(disturbance: 10, centre: 45, reach: 10, spacing: 1, spread: 0.7),
        Walk(disturbance: 11, centre: 35, reach: 10, spacing: 0.25, spread: 0.15),
        Walk(disturbance: 12, centre: 40, reach: 10, spacing: 0.25, spread: 0.15),
        Walk(disturbance: 13, centre: 1, reach: 0.25, spacing: 2, spread: 1),
        Walk(disturbance: 13, centre: 1, reach: 0.25, spacing: 2, spread: 1),
        Walk(disturbance: 16, centre: 0, reach: 0.25, spacing: 0.5, spread: 0.4),
        Walk(disturbance: 17, centre: 0, reach: 0, spacing: 2, spread: 1.5),
        Walk(disturbance: 18, centre: 0, reach: 0, spacing: 3, spread: 2),
        Walk(disturbance: 20, centre: 0, reach: 0, spacing: 2, spread: 1.5),
    ]

    /// The curve over `hours`, drawn whether it varies or not, so that one seed gives each quantity the same curve
    /// whatever else acts.
    func curve(isActive: Bool, from start: Double, hours: Double, using generator: inout SeededGenerator) -> Curve {
        var own = SeededGenerator(seed: generator.next())
        var curve = Curve(pieces: [Curve.Piece(start: 0, coefficients: SIMD4(centre, 0, 0, 0))])
        guard isActive else { return curve }
        var time = max(0.1, start)
        var value = centre
        while time <= hours {
            let length = spacing + spread * (2 * own.uniform() - 1)
            if reach > 0 {
                // A cubic from knot to knot that rests at both.
                let next = centre + reach * (2 * own.uniform() - 1)
                let rise = (next - value) / (length * length)
                curve.pieces.append(
                    .init(start: time, coefficients: SIMD4(value, 0, 3 * rise, -2 * rise / length)))
                value = next
                time += length
            } else {
                // A parabola from 0 to 1, and back within six minutes.
                curve.pieces.append(.init(start: time, coefficients: SIMD4(0, 0, 1 / (length * length), 0)))
                time += length
                let slope = 2 / length
                curve.pieces.append(
                    .init(
                        start: time,
                        coefficients: SIMD4(1, slope, -(3 + 0.2 * slope) / 0.01, (2 + 0.1 * slope) / 0.001)))
                time += 0.1
            }
        }
        curve.pieces.append(.init(start: time, coefficients: SIMD4(value, 0, 0, 0)))
        return curve
    }
}

/// A curve of cubics.
private struct Curve: Sendable {
    /// From a time on, in hours, a cubic of the time since then.
    struct Piece: Sendable {
        let start: Double
        let coefficients: SIMD4<Double>
    }

    var pieces: [Piece]

    func value(at time: Double) -> Double {
        var low = 0
        var high = pieces.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].start <= time { low = middle } else { high = middle }
        }
        let h = time - pieces[low].start
        let c = pieces[low].coefficients
        return c[0] + h * (c[1] + h * (c[2] + h * c[3]))
    }
}
