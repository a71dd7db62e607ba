// How long reading a log of CSV into channels takes, for a program that runs it in turns with others.
//
//     csv-speed LOG
//
// Prints a line of JSON, then reads lines: `go N` reads the log N times and answers with a line of the seconds of each.

import Basics
import Episodes
import Foundation

func run() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 1 else {
        throw ForesightError.usage("csv-speed needs a log", remedy: "csv-speed LOG")
    }
    let loader = EpisodeLoader(schema: LogSchema())
    let log = try loader.load(arguments)
    print("{\"samples\": \(log.sampleCount)}")
    fflush(nil)
    while let line = readLine() {
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == "go", let count = Int(words[1]) else { break }
        var times: [String] = []
        for _ in 0..<count {
            let began = ContinuousClock.now
            let read = try loader.load(arguments)
            times.append("\((ContinuousClock.now - began) / .seconds(1))")
            guard read.sampleCount == log.sampleCount else { exit(1) }
        }
        print(times.joined(separator: " "))
        fflush(nil)
    }
}

do {
    try run()
} catch {
    FileHandle.standardError.write(Data("csv-speed: \(error)\n".utf8))
    exit(1)
}
