import Basics
import Episodes

extension ModelSheet {
    /// The sheet of a model whose other files have these digests.
    init(
        _ description: ModelDescription, format: Int, weights: String, calibration: String, adaptation: String? = nil,
        surprise: String? = nil, rehearsal: String? = nil
    ) {
        self.init()
        self.format = format
        self.weights = weights
        self.calibration = calibration
        self.adaptation = adaptation
        self.surprise = surprise
        self.rehearsal = rehearsal
        timing.samplingTime = description.samplingTime
        (timing.stride, timing.window) = (description.stride, description.window)
        timing.horizon = description.horizon
        architecture = ArchitectureSheet(description.architecture)
        let scaling = description.scaling
        let ranges = description.recordedRanges
        outputs = description.outputs.indices.map { index in
            ChannelSheet(
                description.outputs[index], mean: scaling.outputMean[index], scale: scaling.outputScale[index],
                recorded: ranges[index])
        }
        inputs = description.inputs.indices.map { index in
            ChannelSheet(
                description.inputs[index], mean: scaling.inputMean[index], scale: scaling.inputScale[index],
                recorded: ranges[description.outputs.count + index])
        }
        settings = description.settings
        origin = description.origin
    }

    /// What the sheet says, which `check(source:)` has passed.
    var description: ModelDescription {
        var scaling = SignalScaling(
            fitting: [], outputs: outputs.map(\.name), inputs: inputs.map(\.name))
        (scaling.outputMean, scaling.outputScale) = (outputs.map(\.mean), outputs.map(\.scale))
        (scaling.inputMean, scaling.inputScale) = (inputs.map(\.mean), inputs.map(\.scale))
        return ModelDescription(
            outputs: outputs.map(\.channel), inputs: inputs.map(\.channel), scaling: scaling,
            recordedRanges: (outputs + inputs).map { $0.recordedLeast...$0.recordedGreatest },
            samplingTime: timing.samplingTime, stride: timing.stride, window: timing.window, horizon: timing.horizon,
            architecture: architecture.sizes, settings: settings, origin: origin)
    }

    /// Reads the text of a `model.yaml`.
    ///
    /// - Throws: `ForesightError.data` for another format, a key that is unknown or missing, a value out of its limits,
    ///   or parts that disagree.
    static func read(_ text: String, source: String, format: Int) throws -> ModelSheet {
        do {
            let tree = try YAMLNode.sheet(text, source: source, format: format)
            // Models that were saved before there was any adaptation have none.
            let isOlder = tree.member("adaptation") == nil
            // Nor have those that were saved before parts of the recipe could be left out any of these.
            let isWhole = tree.member("architecture")?.member("bounded") == nil
            for key in keys
            where !(isOlder && key.path.split(separator: ".").contains("adaptation")) && key.path != "surprise"
                && !(isWhole && isPartOfRecipe(key.path)) && !isLater(key.path)
            {
                try tree.require(key.path, source: source)
            }
            let sheet = try parse(yaml: text, source: source)
            try sheet.check(source: source)
            return sheet
        } catch let error as ForesightError {
            // A wrong key in a model is data that do not fit, not a wrong command.
            throw ForesightError(.data, error.message, remedy: error.remedy)
        }
    }

    /// Whether a key says that a part of the recipe was left out.
    private static func isPartOfRecipe(_ path: String) -> Bool {
        let names = path.split(separator: ".")
        return names.contains("search") || names.contains("descent") || ["bounded", "states"].contains(names.last)
    }

    /// Whether a key came with what models from before cannot have: values that actions take and for how long, a model that
    /// this one was trained on from, and stretches that it keeps for that; models of filtered inputs in the search, a
    /// coverage of guardrails that is not 99 %, and steps in the compiled kernel.
    static func isLater(_ path: String) -> Bool {
        path == "rehearsal" || path == "origin.parent"
            || ["].values", "].dwell", "search.filtered", "guard_coverage", "descent.compiled"]
                .contains { path.hasSuffix($0) }
    }

    /// Whether the parts agree with each other.
    private func check(source: String) throws {
        func refuse(_ reason: String) -> ForesightError {
            .data("\(source): \(reason)", remedy: "the file was edited or damaged; save the model anew")
        }
        let sizes = architecture
        let actions = inputs.prefix { $0.role == .action }.count
        guard outputs.count == sizes.outputs, inputs.count == sizes.inputs, actions == sizes.actions else {
            throw refuse(
                "the network has \(sizes.outputs) outputs and \(sizes.inputs) inputs, \(sizes.actions) of them actions;"
                    + " the channels are \(outputs.count) outputs and \(inputs.count) inputs, \(actions) of them actions"
            )
        }
        guard outputs.allSatisfy({ $0.role == .observation }),
            inputs.allSatisfy({ $0.role != .observation }), inputs.dropFirst(actions).allSatisfy({ $0.role != .action })
        else { throw refuse("outputs must be observations, and inputs actions before disturbances") }
        var seen: Set<String> = []
        for channel in outputs + inputs {
            guard !channel.name.isEmpty, seen.insert(channel.name).inserted else {
                throw refuse("the channel name '\(channel.name)' is empty or stands twice")
            }
            let numbers = [channel.mean, channel.scale, channel.recordedLeast, channel.recordedGreatest]
            guard numbers.allSatisfy(\.isFinite), channel.recordedLeast <= channel.recordedGreatest,
                (channel.lowerLimit ?? -.infinity) <= (channel.upperLimit ?? .infinity)
            else { throw refuse("mean, scale, range or limits of the channel \(channel.name) make no sense") }
            guard channel.hasUsableValues else { throw refuse("the values of \(channel.name) make no sense") }
        }
        guard timing.samplingTime.isFinite else { throw refuse("the sampling time is \(timing.samplingTime) s") }
        guard settings.states == .auto ? sizes.core % sizes.outputs == 0 : settings.states == .value(sizes.core) else {
            throw refuse("\(sizes.core) core components do not go with \(sizes.outputs) outputs and the settings")
        }
        guard settings.stride == .value(timing.stride), settings.window == .value(timing.window),
            settings.horizon == .value(timing.horizon), settings.members.resolved == sizes.members,
            settings.loss.inverseSteps == sizes.inverseSteps
        else { throw refuse("the settings disagree with the timing or the sizes") }
        guard (adaptation != nil) == (settings.adaptation.on.resolved ?? false) else {
            throw refuse("adaptation.on and the digest of \(ModelFolder.adaptationName) disagree")
        }
    }
}

extension ModelSheet.ChannelSheet {
    init(_ channel: Channel, mean: Double, scale: Double, recorded: ClosedRange<Double>) {
        self.init()
        (name, role, unit) = (channel.name, channel.role, channel.unit)
        (lowerLimit, upperLimit, rateLimit) = (channel.lowerLimit, channel.upperLimit, channel.rateLimit)
        (values, dwell) = (channel.values ?? [], channel.dwell)
        (self.mean, self.scale) = (mean, scale)
        (recordedLeast, recordedGreatest) = (recorded.lowerBound, recorded.upperBound)
    }

    var channel: Channel {
        Channel(
            name: name, unit: unit, role: role, lowerLimit: lowerLimit, upperLimit: upperLimit, rateLimit: rateLimit,
            values: values.isEmpty ? nil : values, dwell: dwell)
    }

    /// Whether the values can be taken: two or more, all of them within the limits.
    var hasUsableValues: Bool {
        let inside = values.allSatisfy { $0 >= lowerLimit ?? -.infinity && $0 <= upperLimit ?? .infinity }
        return values.isEmpty || role == .action && SwitchValues.complaint(values) == nil && inside
    }
}

extension YAMLNode {
    /// The tree of a `model.yaml`.
    ///
    /// - Throws: `ForesightError.data` when it is of another format than this version reads.
    static func sheet(_ text: String, source: String, format: Int) throws -> YAMLNode {
        let tree = try parse(text, source: source)
        // Another format has other keys: the version is looked at before anything else.
        let written = tree.member("format").flatMap { Int($0) }
        if tree.member("encoder") != nil, format == ModelFolder.format {
            throw ForesightError.data(
                "\(source) is of a model that sees pictures, and one of a log's sensors is needed",
                remedy: "plan with it by foresight plan --now, or let it act by foresight control --environment")
        }
        guard written == format else {
            throw ForesightError.data(
                "\(source) is of format \(written.map(String.init) ?? "unknown"), this version reads format \(format)",
                remedy: "train the model anew, or use the version of Foresight that saved it")
        }
        return tree
    }

    /// Refuses a tree in which a key is missing.
    ///
    /// - Throws: `ForesightError.data` with the part of its path that is not there.
    func require(_ key: String, source: String) throws {
        guard let missing = missing(key.split(separator: ".").map(String.init)[...]) else { return }
        throw ForesightError.data(
            "\(source) lacks the key '\(missing)'", remedy: "the file is cut off or edited; save it anew")
    }

    /// The value of a key of a mapping.
    func member(_ key: String) -> YAMLNode? {
        guard case .mapping(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The part of a key's path that is not there, or `nil` when all is; `name[]` stands for every element of a list.
    private func missing(_ path: ArraySlice<String>) -> String? {
        guard let first = path.first else { return nil }
        let isList = first.hasSuffix("[]")
        let name = isList ? String(first.dropLast(2)) : first
        guard let value = member(name) else { return name }
        guard isList else { return value.missing(path.dropFirst()).map { "\(name).\($0)" } }
        guard case .list(let elements) = value.content else { return nil }
        for (index, element) in elements.enumerated() {
            if let below = element.missing(path.dropFirst()) { return "\(name)[\(index)].\(below)" }
        }
        return nil
    }
}
