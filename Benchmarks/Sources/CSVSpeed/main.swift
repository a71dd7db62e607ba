// How long reading a log of CSV into channels takes, for a program that runs it in turns with others.
//
//     csv-speed LOG
//     csv-speed LOG once
//
// Prints a line of JSON, then reads lines: `go N` reads the log N times and answers with a line of the seconds of each, the
// freeing of what was read included. `once` reads it once and prints how many bytes of memory that took at most.

import Basics
import Episodes
import Foundation

/// The most memory that this process has had, in bytes.
func peak() -> Int {
    var usage = rusage()
    #if os(Linux)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    #else
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss
    #endif
}

func samples(_ log: String) throws -> Int { try EpisodeLoader(schema: LogSchema()).load([log]).sampleCount }

func run() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let log = arguments.first, arguments.count == 1 || arguments.dropFirst() == ["once"] else {
        throw ForesightError.usage("csv-speed needs a log", remedy: "csv-speed LOG [once]")
    }
    let before = peak()
    let expected = try samples(log)
    if arguments.count > 1 { return print(peak() - before) }
    print("{\"samples\": \(expected)}")
    fflush(nil)
    while let line = readLine() {
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == "go", let count = Int(words[1]) else { break }
        var times: [String] = []
        for _ in 0..<count {
            let began = ContinuousClock.now
            let read = try samples(log)
            times.append("\((ContinuousClock.now - began) / .seconds(1))")
            guard read == expected else { exit(1) }
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
