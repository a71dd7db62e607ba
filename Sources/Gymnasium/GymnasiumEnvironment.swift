import Basics
public import Episodes
import Foundation
public import Plants

/// An environment of Gymnasium, run by Python in a process of its own: the interface of M. Towers et al., "Gymnasium: A
/// Standard Interface for Reinforcement Learning Environments", arXiv:2407.17032.
///
/// Commands go over a socket as lines of JSON; actions, numbers and pictures lie in memory that both processes map. Nothing
/// is pickled. Neither process outlives the other, nor does what an environment starts in its process group. Any number of
/// environments run at once, each in its own process.
///
/// Actions are one channel for each number: those of `Box` with its limits, `Discrete` one whole number. Observations become
/// columns: the entries of a dictionary under their names, a plain vector as `state`; numbers in the information beside it as
/// `info.NAME`, but `state` and `proprio` under these names. Pictures come from `render()`, else from an observation that is
/// one, scaled by averages over areas.
public final class GymnasiumEnvironment: Environment {
    /// The greatest width and height of a picture.
    public static let largestSide = 2048
    private static let protocolVersion = 1
    private static let header = 4

    /// Which environment, and how it is run.
    public let options: GymnasiumOptions
    /// The version of Gymnasium that runs it.
    public let version: String
    /// Seconds between two steps: of the options, else by the rate at which the environment says it should be drawn, else 1.
    public let samplingTime: Double
    /// What can be done.
    public let actionChannels: [Channel]
    /// Which actions are whole numbers.
    public let wholeActions: [Bool]
    /// What is told in numbers at each step.
    public let columns: [EnvironmentColumn]
    /// Height and width of the environment's own pictures; `nil` where it draws none.
    public let nativeSize: FrameSize?
    /// Steps after which an episode is cut off; `nil` without such a limit.
    public let stepLimit: Int?
    /// Whether it has variations as those of stable-worldmodel.
    public let hasVariations: Bool

    /// Where the shared file was while it had a name.
    var sharedPath: String { memory.path }

    private let process: BridgeProcess
    private let memory: SharedMemory
    private let offsets: [Int]
    private var isOver = true

    /// The name by which commands know it.
    public var name: String { GymnasiumOptions.prefix + options.identifier }
    /// The number of the process in which it runs.
    public var processIdentifier: Int32 { process.identifier }

    /// Starts Python and makes the environment.
    ///
    /// - Throws: `ForesightError.usage` for a name, a variation or an argument that there is not; `.unavailable` where Python
    ///   or one of its packages is missing; `.failure` when the environment cannot be made.
    public init(_ options: GymnasiumOptions) throws {
        self.options = options
        let python = try PythonProgram.path(options.python)
        process = try BridgeProcess(
            python: python, script: String(decoding: PackageResources.bridge_py, as: UTF8.self))
        let call = BridgeCall(options: options, python: python)
        let hello = try call.answer(from: process, nil, seconds: options.startPatience)
        guard hello["protocol"]?.int == Self.protocolVersion else {
            throw ForesightError.failure(
                "the bridge in Python speaks version \(hello["protocol"]?.int ?? 0), this is \(Self.protocolVersion)",
                remedy: "build Foresight anew")
        }
        version = hello["gymnasium"]?.string ?? ""
        _ = try call.answer(
            from: process, ["do": "watch", "patience": .number(max(options.patience, options.startPatience))],
            seconds: options.patience)
        let made = try call.answer(
            from: process,
            [
                "do": "make", "id": .string(options.identifier),
                "imports": .array(options.imports.map { .string($0) }),
                "arguments": .object(options.arguments.mapValues(\.json)),
                "varied": .array(options.varied.map { .string($0) }),
            ], seconds: options.startPatience)
        hasVariations = made["has_variations"]?.bool ?? false
        if !hasVariations, let name = options.variations.keys.min() {
            throw ForesightError.usage(
                "\(options.identifier) has no variations, so none that is called \(name)",
                remedy: "leave it out; arguments of the environment go to --make")
        }
        stepLimit = made["steps"]?.int
        let actions = made["actions"]?.array ?? []
        actionChannels = actions.map { action in
            Channel(
                name: action["name"]?.string ?? "", role: .action, lowerLimit: action["low"]?.double,
                upperLimit: action["high"]?.double)
        }
        wholeActions = actions.map { $0["whole"]?.bool ?? false }
        columns = (made["columns"]?.array ?? []).map { column in
            EnvironmentColumn(
                column["name"]?.string ?? "", shape: (column["shape"]?.array ?? []).compactMap(\.int))
        }
        let size = (made["native"]?.array ?? []).compactMap(\.int)
        nativeSize = size.count == 2 ? FrameSize(height: size[0], width: size[1]) : nil
        samplingTime = options.samplingTime ?? made["fps"]?.double.map { 1 / $0 } ?? 1
        var place = Self.header + actions.count
        var offsets: [Int] = []
        for column in columns {
            offsets.append(place)
            place += column.elements.count
        }
        self.offsets = offsets
        let picture = Self.largestSide * Self.largestSide * 3
        memory = try SharedMemory(numbers: place, bytes: picture)
        _ = try call.answer(
            from: process,
            [
                "do": "attach", "path": .string(memory.path), "action": .integer(actions.count),
                "columns": .integer(place - Self.header - actions.count), "picture": .integer(picture),
            ], seconds: options.patience)
        memory.forgetName()
    }

    deinit { close() }

    /// Ends the process; the environment is of no use then.
    public func close() { process.end() }

    /// The present numbers of a column.
    public func values(of column: Int) -> [Double] {
        Array(memory.numbers[offsets[column]..<offsets[column] + columns[column].elements.count])
    }

    /// Begins an episode that the seed decides.
    ///
    /// - Throws: `ForesightError.usage` for a variation that there is not; `.failure` when the environment fails.
    public func reset(seed: UInt64) throws {
        var how: [String: JSONValue] = [:]
        if !options.varied.isEmpty { how["variation"] = .array(options.varied.map { .string($0) }) }
        if !options.variations.isEmpty { how["variation_values"] = .object(options.variations.mapValues(\.json)) }
        try ask(["do": "reset", "seed": .unsigned(seed), "options": .object(how)])
        isOver = false
    }

    /// Goes one step on.
    ///
    /// - Throws: `ForesightError.usage` when the episode is over; `.failure` when the environment fails.
    public func step(_ action: [Double]) throws -> EnvironmentStep {
        guard !isOver else {
            throw ForesightError.usage(
                "a step in \(options.identifier), whose episode is over or has not begun", remedy: "reset it first")
        }
        for (index, value) in nearest(to: action).enumerated() { memory.numbers[Self.header + index] = value }
        try ask(Self.stepRequest)
        let told = memory.numbers
        let step = EnvironmentStep(
            reward: told[0], isTerminated: told[1] != 0, isTruncated: told[2] != 0,
            isSuccess: told[3].isNaN ? nil : told[3] != 0)
        isOver = step.isOver
        return step
    }

    private static let stepRequest: JSONValue = ["do": "step"]

    /// Draws what is seen now.
    ///
    /// - Throws: `ForesightError.usage` when the environment draws nothing, or for too large a picture; `.failure` when it
    ///   fails.
    public func render(into frame: inout Frame) throws { _ = try draw("render", into: &frame) }

    /// Draws the goal, where the environment tells one as a picture called `goal`, as those of stable-worldmodel do.
    ///
    /// - Throws: `ForesightError.usage` for too large a picture; `.failure` when the environment fails.
    public func renderGoal(into frame: inout Frame) throws -> Bool { try draw("goal", into: &frame) }

    private func draw(_ what: String, into frame: inout Frame) throws -> Bool {
        guard max(frame.width, frame.height) <= Self.largestSide else {
            throw ForesightError.usage(
                "a picture of \(frame.width) × \(frame.height) pixels is larger than \(Self.largestSide)",
                remedy: "ask for a smaller one")
        }
        let answer = try ask(["do": .string(what), "width": .integer(frame.width), "height": .integer(frame.height)])
        guard answer["there"]?.bool == true else { return false }
        let bytes = memory.bytes
        frame.pixels.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: bytes[..<$0.count])) }
        return true
    }

    @discardableResult
    private func ask(_ request: JSONValue) throws -> JSONValue {
        try BridgeCall(options: options, python: options.python ?? "python3")
            .answer(from: process, request, seconds: options.patience)
    }
}
