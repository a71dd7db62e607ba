import Basics

/// Machines in a row with buffers between them, event by event and cycle by cycle.
///
/// Gershwin's convention ("Manufacturing Systems Engineering", chapter 3): in a cycle first machines fail or are repaired,
/// then parts move; whether a machine has a part before it and room behind it is seen as the cycle begins.
struct TransferLine {
    /// Whether each machine is up.
    var isUp: [Bool]
    /// The parts in each buffer, one fewer than machines.
    var buffers: [Int]
    /// The parts that each buffer can hold.
    let rooms: [Int]
    /// The parts that the last machine has finished.
    private(set) var finished = 0
    /// The parts that each machine has worked.
    private(set) var worked: [Int]

    /// Creates a line.
    init(isUp: [Bool], buffers: [Int], rooms: [Int]) {
        precondition(isUp.count == buffers.count + 1 && rooms.count == buffers.count, "buffers stand between machines")
        (self.isUp, self.buffers, self.rooms) = (isUp, buffers, rooms)
        worked = isUp.map { _ in 0 }
    }

    /// One cycle.
    ///
    /// - Parameters:
    ///   - asked: The probability that each machine is asked to work.
    ///   - failures: The probability that each machine fails if it works.
    ///   - repairs: The probability that each machine is repaired if it is down.
    ///   - generator: Draws two numbers per machine, whatever happens.
    mutating func cycle(
        asked: [Double], failures: [Double], repairs: [Double], using generator: inout SeededGenerator
    ) {
        let seen = buffers
        for machine in isUp.indices {
            let (call, fate) = (generator.uniform(), generator.uniform())
            let hasPart = machine == 0 || seen[machine - 1] > 0
            let hasRoom = machine == buffers.count || seen[machine] < rooms[machine]
            let mayWork = call < asked[machine] && hasPart && hasRoom
            if isUp[machine] {
                if mayWork, fate < failures[machine] { isUp[machine] = false }
            } else if fate < repairs[machine] {
                isUp[machine] = true
            }
            guard mayWork, isUp[machine] else { continue }
            worked[machine] += 1
            if machine > 0 { buffers[machine - 1] -= 1 }
            if machine < buffers.count { buffers[machine] += 1 } else { finished += 1 }
        }
    }
}

extension ProductionLine {
    /// One sampling period of one line, event by event.
    ///
    /// - Parameters:
    ///   - state: The state; counts and machines are rounded to whole ones.
    ///   - action: The speeds of the machines and whether the second is maintained.
    ///   - demand: Parts that are asked for, a minute.
    ///   - seed: Decides the events.
    /// - Returns: The state one sampling period later.
    func chanceStep(_ state: [Double], action: [Double], demand: Double, seed: UInt64) -> [Double] {
        precondition(action.count == 4, "\(name) takes 4 actions")
        var generator = SeededGenerator(seed: seed, stream: 7)
        let room = Int(Rates.room)
        var line = TransferLine(
            isUp: state[..<3].map { $0 >= 0.5 },
            buffers: state[3..<5].map { min(max(Int($0.rounded()), 0), room) }, rooms: [room, room])
        var wear = state[6]
        let asked = [action[0], action[1] * (1 - action[3]), action[2]]
        let kept = exponential(-Rates.care * action[3] * Rates.cycle)
        let cycles = Int((samplingTime / Rates.cycle).rounded())
        for _ in 0..<cycles {
            let before = line.worked[1]
            line.cycle(
                asked: asked, failures: [Rates.failure, Rates.failure(wear: RealNumber(wear)).value, Rates.failure],
                repairs: [Rates.repair, Rates.repair, Rates.repair], using: &generator)
            wear = wear * kept + Double(line.worked[1] - before) * Rates.wear
        }
        let surplus = state[5] + Double(line.finished) - max(demand, 0) * samplingTime / 60
        return line.isUp.map { $0 ? 1 : 0 } + line.buffers.map(Double.init) + [surplus, wear]
    }
}
