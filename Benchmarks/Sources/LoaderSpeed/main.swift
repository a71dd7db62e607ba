// How long whoever trains waits for windows of pictures, and how many windows there are to be had.
//
//     loader-speed DATA [--step MILLISECONDS] [--batches NUMBER] [--workers NUMBER] [--batch NUMBER] [--skip ROWS]
//
// Draws batches of windows of four pictures from a data set, once with a consumer that sleeps for a given time in place of a
// training step, once as fast as they come. Prints the part of the time that the first waited, the windows a second of the
// second, and the greatest memory of the process.

import Basics
import Episodes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

struct Settings {
    var path = ""
    var step = 20
    var batches = 200
    var workers = 2
    var batch = 32
    var skip = 1

    init(_ arguments: [String]) throws {
        var left = arguments[...]
        while let argument = left.popFirst() {
            guard argument.hasPrefix("--") else {
                path = argument
                continue
            }
            guard let value = left.popFirst().flatMap({ Int($0) }), value > 0 else {
                throw ForesightError.usage("\(argument) is followed by no number above 0", remedy: "give one")
            }
            switch argument {
            case "--step": step = value
            case "--batches": batches = value
            case "--workers": workers = value
            case "--batch": batch = value
            case "--skip": skip = value
            default: throw ForesightError.usage("unknown option \(argument)", remedy: "see the head of this file")
            }
        }
        if path.isEmpty { throw ForesightError.usage("no data set is named", remedy: "name an .h5 or .npz file") }
    }
}

func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

do {
    let settings = try Settings(Array(CommandLine.arguments.dropFirst()))
    let frames = try FrameFormat.open(settings.path)
    let options = FrameLoader.Options(
        batch: settings.batch, time: 4, skip: settings.skip, seed: 1, workers: settings.workers)
    var sum = 0
    do {
        let loader = try FrameLoader(frames, options: options)
        // The first batch is waited for by everyone.
        sum += Int(try loader.next().frames[0])
        let start = ContinuousClock.now
        var slept = Duration.zero
        for _ in 0..<settings.batches {
            let before = ContinuousClock.now
            usleep(UInt32(settings.step) * 1000)
            slept += before.duration(to: .now)
            sum += Int(try loader.next().frames[0])
        }
        let waited = 1 - slept / start.duration(to: .now)
        print("step of \(settings.step) ms: waited \(tenths(100 * waited)) % of the time")
    }
    let loader = try FrameLoader(frames, options: options)
    let start = ContinuousClock.now
    for _ in 0..<settings.batches { sum += Int(try loader.next().frames[0]) }
    let seconds = start.duration(to: .now) / .seconds(1)
    print(
        "as fast as they come: \(Int(Double(settings.batches * settings.batch) / seconds)) windows a second,",
        "\(tenths(seconds / Double(settings.batches) * 1000)) ms a batch")
    var usage = rusage()
    // 0 is RUSAGE_SELF, whose type differs between systems, as does the unit: KiB on Linux, bytes on macOS.
    getrusage(0, &usage)
    #if os(macOS)
        let memory = usage.ru_maxrss / 1024
    #else
        let memory = usage.ru_maxrss
    #endif
    print("greatest memory: \(memory / 1024) MiB, what is mapped included (checksum \(sum))")
} catch {
    print("\(error)")
    exit(1)
}
