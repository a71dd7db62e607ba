import Basics
public import Episodes
import Foundation
import Identification
import Networks

/// Everything that stands before the first optimiser step: resolved settings, split, scaling, the model at its start.
public struct TrainingPreparation {
    /// The settings with nothing left to derive.
    public let settings: TrainingSettings
    /// The data, split and normalised.
    public let data: TrainingData
    /// The model at its starting point.
    public let model: SensorWorldModel
    /// What the search for a structure came to; `nil` when none was made or it found nothing better than its start.
    let refinement: StructureSearch.Outcome?
    /// The search in one line, if there was one.
    public var searchSummary: String? { refinement?.summary }
    /// Every structure that the search tried with its error, as CSV, if there was one.
    public var searchTable: String? { refinement?.table }
    /// Channels the model predicts.
    public let outputs: [Channel]
    /// Channels that drive it: actions, then disturbances.
    public let inputs: [Channel]
    /// Seconds between samples of the log.
    public let samplingTime: Double

    /// Prepares training on episodes of one sampling time whose channels have roles.
    ///
    /// - Parameters:
    ///   - episodes: The log.
    ///   - timing: What the log's time constants suggest for settings that are `auto`.
    ///   - wanted: The settings.
    ///   - refines: Whether structure and start are searched for; not so for a run that is taken up again.
    ///   - allowsLead: Whether steps may see the input at their end; not so where actions answer measurements, since the
    ///     action of a row then tells what was measured at it.
    ///   - progress: Told what the search does and how much of it is done, 0 to 1; may throw.
    /// - Throws: `ForesightError.data` when the data do not suffice.
    public init(
        _ episodes: [Episode], timing: (stride: Int, window: Int, horizon: Int), settings wanted: TrainingSettings,
        refines: Bool = true, allowsLead: Bool = true, progress: (String, Double) throws -> Void = { _, _ in }
    ) throws {
        guard let first = episodes.first else {
            throw ForesightError.data("no episode to train on", remedy: "give at least one log")
        }
        outputs = first.channels.filter { $0.role == .observation }
        inputs = first.channels.filter { $0.role == .action } + first.channels.filter { $0.role == .disturbance }
        samplingTime = first.samplingTime
        guard !outputs.isEmpty else {
            throw ForesightError.data(
                "no channel has the role observation, so there is nothing to predict",
                remedy: "name some with --observations")
        }
        for episode in episodes where abs(episode.samplingTime / samplingTime - 1) > 0.02 {
            throw ForesightError.data(
                "\(episode.name) is sampled every \(episode.samplingTime) s, \(first.name) every \(samplingTime) s",
                remedy: "resample all logs to one rate with --resample SECONDS")
        }
        try Self.checkMovement(outputs.map(\.name), in: episodes)
        var settings = wanted
        try settings.derive(
            timing: timing, samples: episodes.reduce(0) { $0 + $1.count }, samplingTime: samplingTime,
            hasActions: inputs.contains { $0.role == .action })
        guard let stride = settings.stride.resolved, let window = settings.window.resolved,
            let horizon = settings.horizon.resolved
        else { throw ForesightError.failure("settings are not resolved") }
        let folds = Folds(
            episodes, windowLength: (window + horizon) * stride, count: settings.members.resolved)
        settings.members = .value(folds.count)
        settings.adaptation.on.resolve { folds.isShort }
        data = try TrainingData(
            episodes, folds: folds, outputs: outputs.map(\.name), inputs: inputs.map(\.name), stride: stride)
        (model, refinement) = try Self.start(
            data, &settings, wanted: wanted, outputs.map(\.name), inputs, refines: refines,
            allowsLead: allowsLead, progress: progress)
        self.settings = settings
    }

    /// Checks that at least one output changes somewhere.
    private static func checkMovement(_ outputs: [String], in episodes: [Episode]) throws {
        let moves = outputs.contains { name in
            var (low, high) = (Double.infinity, -Double.infinity)
            for episode in episodes {
                guard let column = episode.channelIndex(name) else { continue }
                for value in episode.column(column) where value.isFinite {
                    (low, high) = (min(low, value), max(high, value))
                }
            }
            // As little as this counts as nothing where channels are scaled, too.
            return high - low > 1e-9 * max(low.magnitude, high.magnitude)
        }
        guard !moves else { return }
        throw ForesightError.data(
            "\(outputs.joined(separator: ", ")) never change\(outputs.count == 1 ? "s" : "") in the log, so there is nothing to "
                + "predict",
            remedy: "give a log in which they move, or name other channels with --observations")
    }

    private static func start(
        _ data: TrainingData, _ settings: inout TrainingSettings, wanted: TrainingSettings, _ outputs: [String],
        _ inputs: [Channel], refines: Bool, allowsLead: Bool, progress: (String, Double) throws -> Void
    ) throws -> (SensorWorldModel, StructureSearch.Outcome?) {
        let (coarse, folds) = data.coarse(
            windowLength: (settings.window.resolved ?? 1) + (settings.horizon.resolved ?? 1))
        let core = try LinearCore(
            coarse, folds: folds, layout: SignalLayout(outputs: outputs, inputs: inputs.map(\.name)),
            horizon: settings.horizon.resolved ?? 1,
            orders: settings.order.resolved.map { [$0] }
                ?? LinearCore.orders(
                    rows: coarse.reduce(0) { $0 + $1.count }, signals: outputs.count + inputs.count,
                    isShort: folds.isShort))
        settings.order = .value(core.order)
        let layout = SignalLayout(outputs: outputs, inputs: inputs.map(\.name))
        let horizon = settings.horizon.resolved ?? 1
        var found: StructureSearch.Outcome?
        if refines && settings.refine && folds.independentWindows >= Self.leastWindows {
            found = try search(data, coarse, folds, layout, &settings, wanted, core: core, allowsLead: allowsLead).run(
                progress: progress)
        }
        if refines { settings.refine = found != nil }
        if refines, let states = wanted.states.resolved, found?.structure.core.states != states {
            throw ForesightError.usage(
                "states=\(states) cannot be had: a core of so many states is what a search makes of a model with more lags, "
                    + "and there was no search, or the log has too few rows for such a model",
                remedy: "leave states= out, ask for fewer, or give longer logs")
        }
        // A run that is taken up again polishes if its search did not say otherwise.
        let isRefined = found.map(\.structure.isRefined) ?? settings.refine
        settings.descent.polish.resolve { isRefined }
        let usual = Trainer.usualPatience(settings)
        settings.patience.resolve { usual }
        if let found {
            // Where the core is a reduced model, order says what the linear model of adaptation has.
            if found.structure.core.states == nil { settings.order = .value(found.structure.core.order) }
            settings.states = found.structure.core.states.map { .value($0) } ?? .auto
            settings.lead = .value(found.structure.core.hasLead)
            settings.activation = .value(found.structure.activation)
            settings.free = .value(found.structure.free)
            settings.hidden = .value(max(1, found.structure.hidden))
        }
        let hasLead = settings.lead.resolve { false }
        let whole = (settings.order.resolved ?? 1) * outputs.count
        let states = settings.states.resolved ?? whole
        let sizes = SensorArchitecture(
            members: settings.memberCount, outputs: outputs.count, inputs: inputs.count,
            actions: inputs.filter { $0.role == .action }.count, core: states,
            free: settings.free.resolved ?? 0, hidden: settings.hidden.resolved ?? 8,
            activation: settings.activation.resolve { .tanh }, hasLead: hasLead,
            transient: settings.refine && settings.search.transient
                ? max(0, min(settings.window.resolved ?? 1, StartingGains.mostRows) - 1) : 0,
            isBounded: settings.bounded, inverseSteps: settings.loss.inverseSteps)
        let seed = Seed(UInt64(settings.seed))
        if let found {
            let network = SensorWorldModel(sizes, start: .empty(sizes), seed: seed)
            network.load(
                found, data: RefinementData(data, history: settings.window.resolved ?? 1, members: sizes.members),
                seed: UInt64(settings.seed))
            network.silence(inputs: data.table.stillInputs)
            return (network, found)
        }
        // The weights of a run that is taken up again are loaded afterwards.
        guard states == whole else {
            return (SensorWorldModel(sizes, start: .empty(sizes), seed: seed), nil)
        }
        let constants = (0..<sizes.free).map { index in
            2 * pow(Double(horizon) / 2, (Double(index) + 0.5) / Double(sizes.free))
        }
        let start = LinearStart(
            models: core.members.map { ObserverForm($0, scaling: data.scaling) }, sizes: sizes,
            timeConstants: constants, seed: UInt64(settings.seed) &+ 77)
        let network = SensorWorldModel(sizes, start: start, seed: seed)
        network.silence(inputs: data.table.stillInputs)
        return (network, nil)
    }

    /// Windows that a log has to hold for a search: on fewer, what is left out cannot tell structures apart.
    private static let leastWindows = 5.0
    /// Penalties of the linear models that the search begins with.
    private static let ridges = [1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1]

    /// The search for a structure, within what the settings fix.
    private static func search(
        _ data: TrainingData, _ coarse: [Episode], _ folds: Folds, _ layout: SignalLayout,
        _ settings: inout TrainingSettings,
        _ wanted: TrainingSettings, core: LinearCore, allowsLead: Bool
    ) -> StructureSearch {
        let horizon = settings.horizon.resolved ?? 1
        let mostOrder = settings.search.mostOrder
        let total = coarse.reduce(0) { $0 + $1.count }
        let signals = layout.outputs.count + layout.inputs.count
        let orders =
            wanted.order.resolved == nil
            ? LinearCore.orders(rows: total, signals: signals, isShort: folds.isShort).filter { $0 <= mostOrder }
            : [core.order]
        let leads = wanted.lead.resolved.map { [$0] } ?? (allowsLead ? [false, true] : [false])
        let isFree = wanted.order.resolved == nil || wanted.states.resolved != nil
        let reduction = CoreReduction(
            rows: total, outputs: layout.outputs.count, inputs: layout.inputs.count,
            sources: [
                (CoreSource.lags, settings.search.reduced || wanted.states.resolved != nil),
                (.filters, settings.search.filtered),
            ].filter { isFree && $0.1 }.map(\.0),
            wanted: wanted.states.resolved)
        let rows = RefinementData(data, history: settings.window.resolved ?? 1, members: settings.memberCount)
        if wanted.reach.resolved == nil {
            let radius = core.members.map(\.spectralRadius).sorted()[core.members.count / 2]
            settings.lengthenReach(radius: radius)
        }
        let isReducedAlone = wanted.states.resolved != nil && reduction != nil
        let refinement = Refinement(
            data: rows,
            cores: LinearCores(
                coarse, folds: folds, layout: layout,
                // Who asks for so many states gets no others, unless there are no rows for it.
                orders: isReducedAlone ? [] : orders,
                ridges: Self.ridges.filter { $0 <= settings.search.strongestPenalty }, leads: leads,
                scaling: data.scaling, reduction: reduction),
            reach: settings.reach.resolved ?? 4 * horizon, horizon: horizon, seed: UInt64(settings.seed),
            isBounded: settings.bounded, options: settings.search)
        return StructureSearch(
            refinement: refinement, members: settings.memberCount,
            hidden: settings.search.nonlinear ? wanted.hidden.resolved.map { [$0] } ?? [8, 16] : [],
            free: wanted.free.resolved.map { [$0] } ?? [0, 1, 2],
            activations: wanted.activation.resolved.map { [$0] } ?? BoundedActivation.allCases)
    }
}
