import Episodes
import Objectives

extension Certificate {
    init(_ assessment: Assessment, _ compiled: CompiledTask, trainedHorizon: Int?, search: Search) {
        let context = compiled.context
        let batch = assessment.batch
        let steps = 0..<context.horizon
        channels = context.outputs.enumerated().map { index, channel in
            let values = steps.map { Double(batch.output(0, $0, index)) }
            let places = steps.map { $0 * context.outputs.count + index }
            let edges = compiled.bands.map { bands in
                zip(values, places).map { value, place in
                    let middle = value + Double(bands.shift.isEmpty ? 0 : bands.shift[place])
                    return (middle - Double(bands.halfWidth[place]), middle + Double(bands.halfWidth[place]))
                }
            }
            return Channel(
                name: channel.name, unit: channel.unit, start: Double(context.initialOutputs[index]), values: values,
                lower: edges?.map(\.0) ?? [], upper: edges?.map(\.1) ?? [],
                spread: batch.hasSpread ? steps.map { Double(batch.spread[$0 * context.outputs.count + index]) } : [])
        }
        guardrails = assessment.reports.map { Margin($0) }
        cost = assessment.cost
        terms = assessment.terms
        coverage = compiled.bands?.coverage
        novelty = assessment.novelty.flatMap { $0.greatest.isFinite ? $0.greatest : nil }
        noveltyLimit = assessment.noveltyLimit
        noveltyTime = assessment.novelty.map { Double($0.step + 1) * context.samplingTime }
        horizon = context.horizon
        self.trainedHorizon = trainedHorizon
        self.search = search
        backup = assessment.backup.map { Backup($0) }
    }
}

extension Certificate.Backup {
    init(_ outlook: BackupOutlook) {
        name = outlook.name
        after = outlook.after
        holds = outlook.holds
        guardrails = outlook.reports.map { Certificate.Margin($0) }
        uncovered = outlook.uncovered
        novelty = outlook.novelty.flatMap { $0.isFinite ? $0 : nil }
    }
}

extension Certificate.Margin {
    init(_ report: GuardrailReport) {
        guardrail = report.source
        promise = report.promise
        unit = report.unit
        margin = report.margin.isFinite ? report.margin : nil
        guaranteedMargin = report.guaranteedMargin.flatMap { $0.isFinite ? $0 : nil }
        time = report.worstTime
        condition = report.bindingCondition
        holds = report.holds
        let line = report.guaranteedTimeline.isEmpty ? report.timeline : report.guaranteedTimeline
        timeline = line.map { $0.flatMap { $0.isFinite ? $0 : nil } }
    }
}

extension TrajectoryBatch {
    /// Whether any member of an ensemble disagrees with another.
    var hasSpread: Bool { spread.contains { $0 != 0 } }
}
