import Foundation

/// The built program, run as a user runs it.
struct ForesightProcess {
    /// How the run ended.
    var status: Int32
    /// What it wrote to standard output.
    var output: String
    /// What it wrote to standard error, line by line.
    var complaint: [String]

    /// Runs the program in a folder and waits for its end; `output` names a file that takes standard output, `input` is a
    /// command of the shell whose output it reads.
    init(
        _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        output taker: String? = nil, input command: String? = nil
    ) throws {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Help is laid out for the width of the terminal.
        let fixed = environment.merging(["COLUMNS": "80"]) { given, _ in given }
        process.environment = ProcessInfo.processInfo.environment.merging(fixed) { $1 }
        // Files, not pipes: a full pipe would stop a program that writes to both.
        let streams = try (0..<2).map { _ -> URL in
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("foresight-\(UUID().uuidString)")
            try Data().write(to: url)
            return url
        }
        defer { for url in streams { try? FileManager.default.removeItem(at: url) } }
        var feeder: Process?
        if let command {
            let pipe = Pipe()
            let source = Process()
            source.executableURL = URL(fileURLWithPath: "/bin/sh")
            source.arguments = ["-c", command]
            if let folder { source.currentDirectoryURL = URL(fileURLWithPath: folder) }
            source.standardOutput = pipe
            process.standardInput = pipe
            feeder = source
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        process.standardOutput = try FileHandle(forWritingTo: taker.map { URL(fileURLWithPath: $0) } ?? streams[0])
        process.standardError = try FileHandle(forWritingTo: streams[1])
        try feeder?.run()
        try process.run()
        process.waitUntilExit()
        feeder?.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        output = try String(contentsOf: streams[0], encoding: .utf8)
        complaint = try String(contentsOf: streams[1], encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Starts the program in a folder without waiting for it; what it says on standard error goes to `stderr.txt` there.
    static func start(_ arguments: [String], in folder: String) throws -> Process {
        let process = Process()
        process.executableURL = try executable()
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let errors = URL(fileURLWithPath: folder + "/stderr.txt")
        try Data().write(to: errors)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        return process
    }

    /// The program beside the bundle of the tests.
    static func executable() throws -> URL {
        var folders = Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }
            .map { $0.bundleURL.deletingLastPathComponent() }
        if let runner = Bundle.main.executableURL { folders.append(runner.deletingLastPathComponent()) }
        let candidates = folders.map { $0.appendingPathComponent("foresight") }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw NotBuilt(looked: candidates.map(\.path))
        }
        return found
    }

    /// The program is not there.
    struct NotBuilt: Error {
        var looked: [String]
    }
}
