import Agents
import Foundation
import Planning
import Plants
import Records
import WorldModels

/// A loop around a real plant: whoever samples the plant asks `decide` once a sampling time of the model's logs.
struct PlantLoop {
    /// Why predictions were not kept, such as a full disk; `nil` where they were.
    private(set) var storeFault: (any Error)?
    private var agent: PlantAgent
    private let store: PredictionStore
    private let episode: Int
    private let interval: Double
    /// Rows that the agent looks back on.
    private let most: Int
    private var step = 0
    private var rows: [[Double]] = []
    private var disturbances: [[Double]] = []
    /// What was measured at the last decision; the row is whole once it is known what was applied.
    private var last: (seen: [Double], outside: [Double])?

    /// Begins a loop, which goes on with what the store knows of the bands.
    init(model folder: String, store place: String) throws {
        let model = try ModelFolder.load(folder, isForPlanning: true)
        var request = PlanRequest(goal: "T1 = 40; T2 = 35", guardrails: ["always(T1 <= 55)"])
        request.safeAction = ["Q1": 0, "Q2": 0]
        request.deadline = 0.05
        let store = try PredictionStore(folder: place, model: ModelFolder.digest(of: folder))
        agent = try PlantAgent(request.planner(for: model), feedback: FeedbackOptions())
        agent.calibration = { channel, lead in
            store.calibration[PredictionStore.Place(channel: channel, lead: lead)]?.factor
        }
        agent.begin(seed: 0)
        most = HistoryEstimator(model).capacity
        interval = model.description.samplingTime
        let now = Date().timeIntervalSince1970
        episode = try store.beginAnew(
            PredictionStore.EpisodeHead(kind: "control", source: "heater 3", start: now, interval: interval))
        self.store = store
    }

    /// What to apply until the next sample.
    ///
    /// - Parameters:
    ///   - seen: What the sensors show now, in the order of the model's outputs, `NaN` where missing.
    ///   - inForce: The actions that were really applied until now.
    ///   - outside: The disturbances now, or these and those of the steps to come; empty where the model knows none.
    /// - Returns: The decision: `action` is what to apply, `alarm` a surprise, `plan` the reasons where one was made.
    /// - Throws: Where nothing is known to plan from: apply the safe action, and ask again at the next sample.
    mutating func decide(_ seen: [Double], inForce: [Double], outside: [[Double]] = []) throws -> LoopDecision {
        if let last {
            rows.append(last.seen + inForce)
            disturbances.append(last.outside)
        }
        if rows.count > most {
            rows.removeFirst()
            disturbances.removeFirst()
        }
        last = (seen, outside.first ?? [])
        defer { step += 1 }
        let decision = try agent.decide(
            ControlSituation(
                step: step, observation: seen, previousAction: inForce, history: Array(rows.joined()),
                pastDisturbances: Array(disturbances.joined()), forecast: Array(outside.joined())))
        // A decision is not lost because the disk is full.
        do { try store.append(decision.comparisons.map { record($0) }) } catch { storeFault = error }
        return decision
    }

    /// Ends the loop, on the thread that decided.
    func end() { agent.end() }

    /// How often the bands have held what came, by lead time.
    var coverages: [LeadCoverage] { agent.coverages }

    private func record(_ comparison: BandComparison) -> PredictionStore.Record {
        PredictionStore.Record(
            episode: episode, row: comparison.decision, time: Double(comparison.decision) * interval,
            place: PredictionStore.Place(channel: comparison.channel, lead: comparison.lead),
            predicted: comparison.predicted, halfWidth: comparison.halfWidth, factor: comparison.factor,
            observed: comparison.observed, kind: comparison.status?.rawValue ?? "none", next: comparison.next)
    }
}
