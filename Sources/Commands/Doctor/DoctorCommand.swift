import Agents
import ArgumentParser
import Basics
import Episodes
import Foundation
import Tensors

/// `foresight doctor`: what is set up on this machine, and what to run where something is not.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what is set up on this machine, and what to run where something is not.",
        discussion: """
            inspect, simulate and doctor need nothing beside this program. plan and control of a sensor model need \
            compiled kernels (libkernels), and libtorch where these do not serve; all else that learns or uses a model \
            needs libtorch. make setup provides both. Recorded pictures need libraries of their own, by their format. \
            Ends with status 1 when libtorch is missing.
            """)

    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let findings = Findings()
        talking.report(findings.json, text: findings.text)
        // The report has said it all; the status tells scripts.
        if let problem = findings.problem { throw problem }
    }
}

/// What `doctor` found.
struct Findings {
    /// Lines of name and value, in the order shown.
    var rows: [(name: String, key: String, value: JSONValue, words: String)] = []
    /// Why libtorch is not there.
    var problem: ForesightError?

    /// Looks around.
    init() {
        add("foresight", "foresight", .string(Version.foresight), Version.foresight)
        add("built with", "swift", .string(Version.swift), "Swift \(Version.swift) for \(Version.platform)")
        let cores = ProcessInfo.processInfo.activeProcessorCount
        add("processor cores", "cores", .integer(cores), "\(cores)")
        if (try? Kernels.load()) != nil, let lanes = try? RolloutCost.lanes(), let path = Kernels.location {
            add("compiled kernels", "kernels", .string(path), "\(path), \(lanes)")
        } else {
            add("compiled kernels", "kernels", .null, "not there")
        }
        do {
            try Engine.load()
            try addEngine()
        } catch let error as ForesightError {
            problem = error
            add("libtorch", "libtorch", .null, "not there")
        } catch {
            problem = .failure("libtorch does not answer: \(error)", remedy: "run make setup in the package")
        }
        addPictures()
    }

    /// What files of pictures need; none of it is missed by who has none.
    private mutating func addPictures() {
        for finding in FrameLibraries.findings() {
            let name = "\(finding.name), for \(finding.use)"
            let key = finding.name.lowercased()
            switch finding.place {
            case .success(let place): add(name, key, .string(place), place)
            case .failure(let error): add(name, key, .null, "not there; \(error.remedy)")
            }
        }
    }

    private mutating func addEngine() throws {
        add("libtorch", "libtorch", .string(Engine.version), Engine.version)
        if let folder = LoadedLibrary.folder(of: "libtorch_cpu") {
            add("  from", "libtorch_folder", .string(folder), folder)
        }
        if let path = Engine.location { add("  called through", "shim", .string(path), path) }
        let devices = try (["cpu"] + (0..<16).map { "cuda:\($0)" } + ["mps"]).filter { name in
            try Device(name).isAvailable
        }
        add("devices", "devices", .array(devices.map { .string($0) }), devices.joined(separator: ", "))
        add("threads of an operation", "threads", .integer(Engine.threads), "\(Engine.threads)")
        let tuning = Engine.tuning
        add(
            "fast MKL kernels", "fast_mkl", .bool(tuning.contains(.fastMKL)),
            Findings.state(tuning.contains(.fastMKL), "FORESIGHT_MKL"))
        add(
            "freed memory is kept", "kept_memory", .bool(tuning.contains(.keptMemory)),
            Findings.state(tuning.contains(.keptMemory), "FORESIGHT_MALLOC"))
    }

    private mutating func add(_ name: String, _ key: String, _ value: JSONValue, _ words: String) {
        rows.append((name, key, value, words))
    }

    private static func state(_ isOn: Bool, _ variable: String) -> String {
        let value = ProcessInfo.processInfo.environment[variable]
        if isOn { return "on (\(variable)=plain turns it off)" }
        return value == "plain" ? "off by \(variable)=plain" : "off: nothing here that it would help"
    }

    /// Name and value in two columns.
    var text: String {
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { row in
            row.name + String(repeating: " ", count: width - row.name.count) + "  " + row.words
        }.joined(separator: "\n")
    }

    /// The same by key.
    var json: JSONValue {
        .object(Dictionary(rows.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }))
    }
}
