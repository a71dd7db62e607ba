import Foundation
import Tensors
import Testing

/// Whether libtorch can be loaded; without it nothing learns.
let torchIsSetUp = (try? Engine.load()) != nil

@Suite("Tutorial")
struct TutorialTests {
    @Test("the code blocks of the tutorial are the example, line by line")
    func text() throws {
        let article = try Repository.text("Sources/Agents/Agents.docc/FromLogToPlan.md")
        let blocks = Repository.blocks("swift", of: article)
        let code = try Repository.text("Examples/LogToPlan/main.swift")
        #expect(blocks.count >= 6)
        #expect(blocks.joined(separator: "\n") == code)
    }

    @Test("Swift in the README is from the example")
    func readme() throws {
        let blocks = Repository.blocks("swift", of: try Repository.text("README.md"))
        let code = try Repository.text("Examples/LogToPlan/main.swift")
        #expect(!blocks.isEmpty)
        for block in blocks { #expect(code.contains(block), "\(block)") }
    }

    @Test("the example reads a log, trains, and plans certified below the limit", .enabled(if: torchIsSetUp))
    func run() throws {
        let process = Process()
        process.executableURL = try Self.executable()
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(!text.contains("warning:"), "\(text)")
        let last = try #require(text.split(separator: "\n").last, "\(text)")
        let numbers = last.split { !($0.isNumber || $0 == ".") }.compactMap { Double($0) }
        // "30 of 30 plans certified; T1 45.0 °C, T2 38.0 °C": the digits in the names of the channels count, too.
        try #require(numbers.count == 6, "\(text)")
        #expect(numbers[0] >= 27, "\(text)")
        #expect(abs(numbers[3] - 45) < 1 && numbers[3] < 48, "\(text)")
        #expect(abs(numbers[5] - 38) < 1, "\(text)")
    }

    /// The example beside the bundle of the tests.
    private static func executable() throws -> URL {
        var folders = Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }
            .map { $0.bundleURL.deletingLastPathComponent() }
        if let runner = Bundle.main.executableURL { folders.append(runner.deletingLastPathComponent()) }
        let candidates = folders.map { $0.appendingPathComponent("log-to-plan") }
        return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    }
}
