// How fast simulated worlds are: steps, and steps with a picture each, on one processor thread.
//
//     world-speed [NAME …] [--side PIXELS] [--seconds SECONDS] [--runs RUNS]
//
// Prints, of each world, the medians of several runs of a given time. Actions are drawn before the clock starts and held
// for some steps, as when data are recorded, and every episode of 100 steps starts anew, so that walls are met.

import Basics
import Episodes
import Plants

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Seconds of this process on its processor: what else runs on the machine does not count.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

struct Options {
    var names: [String] = []
    var side = 64
    var seconds = 0.5
    var runs = 7

    init(_ arguments: [String]) throws {
        var left = arguments[...]
        func number(_ option: String, _ text: String?) throws -> Double {
            guard let value = text.flatMap(Double.init), value > 0 else {
                throw ForesightError.usage("\(option) \(text ?? "") is no positive number", remedy: "give one")
            }
            return value
        }
        while let argument = left.popFirst() {
            switch argument {
            case "--side": side = Int(try number(argument, left.popFirst()))
            case "--seconds": seconds = try number(argument, left.popFirst())
            case "--runs": runs = Int(try number(argument, left.popFirst()))
            default: names.append(argument)
            }
        }
        if names.isEmpty { names = WorldCatalog.names }
    }
}

/// Steps of a world in each second of processor time, with or without a picture of each.
func speed<W: World>(of world: W, side: Int, seconds: Double, isDrawn: Bool, seed: UInt64) -> Double {
    var (world, frame) = (world, Frame(width: side, height: side))
    var generator = SeededGenerator(seed: seed)
    let actions = (0..<512).map { _ in
        world.actionChannels.map { generator.uniform(in: ($0.lowerLimit ?? -1)...($0.upperLimit ?? 1)) }
    }
    var (steps, sum) = (0, 0)
    let start = processorSeconds()
    var now = start
    while now - start < seconds {
        world.reset(using: &generator)
        for step in 0..<100 {
            world.step(actions[(steps + step) / 8 % actions.count])
            if isDrawn {
                world.render(into: &frame)
                // Read, so that drawing cannot be left out.
                sum &+= Int(frame.pixels[(steps + step) % frame.pixels.count])
            }
        }
        steps += 100
        now = processorSeconds()
    }
    precondition(sum >= 0 && world.state.allSatisfy(\.isFinite), "a state is not finite")
    return Double(steps) / (now - start)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func run() throws {
    let options = try Options(Array(CommandLine.arguments.dropFirst()))
    func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let heading = ["steps/s", "frames/s", "µs a frame", "spread"].map { padded($0, 12) }.joined()
    print("world                \(heading)   (\(options.side) × \(options.side), medians of \(options.runs))")
    for name in options.names {
        let world = try WorldCatalog.world(name)
        let runs = (0..<options.runs).map { run in
            [false, true].map {
                speed(of: world, side: options.side, seconds: options.seconds, isDrawn: $0, seed: UInt64(run))
            }
        }
        let (steps, frames) = (median(runs.map { $0[0] }), median(runs.map { $0[1] }))
        let spread = ((runs.map { $0[1] }.max() ?? 0) - (runs.map { $0[1] }.min() ?? 0)) / frames
        let columns = ["\(Int(steps))", "\(Int(frames))", "\((1e7 / frames).rounded() / 10)", "\(Int(100 * spread)) %"]
        print(name + String(repeating: " ", count: max(1, 21 - name.count)) + columns.map { padded($0, 12) }.joined())
    }
}

do {
    try run()
} catch {
    print("world-speed: \(error)")
    exit(64)
}
