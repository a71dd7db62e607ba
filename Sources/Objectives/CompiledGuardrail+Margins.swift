extension CompiledGuardrail {
    /// The margins of all candidates.
    ///
    /// - Parameters:
    ///   - batch: Predicted trajectories.
    ///   - bands: When given, the margin is a lower bound over all trajectories within `prediction ± halfWidth`.
    ///   - units: Physical, or normalised to compare guardrails.
    ///   - margins: Receives the margins `[candidate]`.
    ///   - workspace: Memory to compute in.
    public func margins(
        of batch: TrajectoryBatch, bands: Bands? = nil, in units: MarginUnits = .physical, into margins: inout [Float],
        using workspace: inout ObjectiveWorkspace
    ) {
        margins.resize(to: batch.candidates)
        guard let formula else {
            for index in margins.indices { margins[index] = .infinity }
            return
        }
        withBlocks(of: batch, bands: bands, formula, &workspace) { block, memory in
            for lane in 0..<block.count {
                margins[block.base + lane] = margin(lane, formula, memory, units)
            }
        }
    }

    /// The margins of all candidates, in memory of its own.
    public func margins(of batch: TrajectoryBatch, bands: Bands? = nil, in units: MarginUnits = .physical) -> [Float] {
        var workspace = ObjectiveWorkspace()
        var margins: [Float] = []
        self.margins(of: batch, bands: bands, in: units, into: &margins, using: &workspace)
        return margins
    }

    /// Margins in smooth semantics, normalised: least and greatest are replaced by log-sum-exp.
    ///
    /// The temperature is in units of the scale and positive; margins become exact as it goes to 0.
    public func smoothMargins(
        of batch: TrajectoryBatch, temperature: Float, into margins: inout [Float],
        using workspace: inout ObjectiveWorkspace
    ) {
        margins.resize(to: batch.candidates)
        guard let formula else {
            for index in margins.indices { margins[index] = .infinity }
            return
        }
        let scale = sharedScale ?? 1
        withBlocks(of: batch, bands: nil, formula, &workspace) { block, memory in
            formula.smooth(temperature: temperature * scale, values: memory.formula)
            for lane in 0..<block.count {
                let value = memory.formula[formula.root * formula.registerSize + lane] / scale
                margins[block.base + lane] = memory.poison[lane] == 0 ? value : -.infinity
            }
        }
    }

    /// Adds `upstream[candidate] · ∂margin/∂trajectory` to the gradient.
    ///
    /// The gradient of exact margins goes to the one comparison and instant that binds; of a share of the time, to all of its
    /// steps, and without bands nowhere. With bands, the bound's
    /// tightening is held fixed: exact for linear expressions and their absolute values.
    ///
    /// `upstream` holds one factor a candidate, 0 to leave it out. With a temperature, this is the gradient of
    /// ``smoothMargins(of:temperature:into:using:)``, which is normalised and knows no bands.
    public func addMarginGradient(
        of batch: TrajectoryBatch, bands: Bands? = nil, in units: MarginUnits = .normalised, upstream: [Float],
        temperature: Float? = nil, into gradient: inout TrajectoryGradient, using workspace: inout ObjectiveWorkspace
    ) {
        precondition(upstream.count == batch.candidates, "one upstream factor a candidate")
        precondition(temperature == nil || (units == .normalised && bands == nil), "smooth margins are normalised")
        guard let formula else { return }
        let scale = sharedScale ?? 1
        let chances = chanceTables(bands, formula)
        gradient.withPointers { outputs, actions in
            withBlocks(of: batch, bands: bands, chances: chances, gradient: true, formula, &workspace) {
                block, memory in
                for lane in 0..<SignalProgram.lanes {
                    let used = lane < block.count && memory.poison[lane] == 0
                    memory.seeds[lane] = used ? upstream[block.base + lane] : 0
                }
                signals.clear(memory.adjoint)
                if let temperature {
                    for lane in 0..<SignalProgram.lanes { memory.seeds[lane] /= scale }
                    formula.smooth(temperature: temperature * scale, values: memory.formula)
                    formula.smoothReverse(
                        temperature: temperature * scale, seeds: memory.seeds, values: memory.formula,
                        adjoint: memory.formulaAdjoint, signalAdjoint: memory.adjoint)
                } else if formula.isShare {
                    for lane in 0..<block.count { memory.seeds[lane] *= units == .normalised ? 1 / scale : 1 }
                    formula.shareReverse(
                        seeds: memory.seeds, plain: memory.values, chances: chances,
                        values: memory.formula, signalAdjoint: memory.adjoint)
                } else {
                    for lane in 0..<block.count {
                        memory.seeds[lane] *= seedFactor(lane, formula, memory, units)
                    }
                    formula.reverse(
                        seeds: memory.seeds, values: memory.formula, signalAdjoint: memory.adjoint)
                }
                signals.reverse(values: memory.values, adjoint: memory.adjoint)
                signals.scatter(
                    block, adjoint: memory.adjoint, poison: memory.poison, outputs: outputs, actions: actions)
            }
        }
    }

    /// Evaluates block by block; the body finds values and margins in the memory.
    func withBlocks(
        of batch: TrajectoryBatch, bands: Bands?, chances known: ChanceTables? = nil, gradient: Bool = false,
        _ formula: FormulaProgram, _ workspace: inout ObjectiveWorkspace,
        _ body: (SignalProgram.Block, ObjectiveWorkspace.Memory) -> Void
    ) {
        if let bands {
            precondition(
                bands.halfWidth.count == batch.horizon * batch.outputCount,
                "bands of \(bands.halfWidth.count) half-widths for \(batch.horizon) × \(batch.outputCount)")
        }
        let chances = known ?? chanceTables(bands, formula)
        workspace.withMemory(
            signals: signals.instructions.count, formulas: formula.instructions.count,
            registerSize: signals.registerSize
        ) { memory in
            batch.forEachBlock(of: signals) { block in
                // With bands, the plain values serve gradients and shares only, and the bounds' stricter poison counts.
                if bands == nil || gradient || formula.isShare {
                    signals.forward(block, values: memory.values, poison: memory.poison)
                }
                if let bands {
                    bands.halfWidth.withUnsafeBufferPointer { widths in
                        bands.shift.withUnsafeBufferPointer { shift in
                            guard let halfWidth = widths.baseAddress else { return }
                            signals.interval(
                                block, halfWidth: halfWidth, shift: shift.isEmpty ? nil : shift.baseAddress,
                                low: memory.low, high: memory.high, poison: memory.poison)
                        }
                    }
                }
                formula.forward(
                    signals: bands == nil ? memory.values : memory.low, plain: memory.values, chances: chances,
                    values: memory.formula)
                body(block, memory)
            }
        }
    }

    /// The margin of one lane.
    func margin(_ lane: Int, _ formula: FormulaProgram, _ memory: ObjectiveWorkspace.Memory, _ units: MarginUnits)
        -> Float
    {
        guard memory.poison[lane] == 0 else { return -.infinity }
        let root = memory.formula[formula.root * formula.registerSize + lane]
        switch (sharedScale, units) {
        case (.some, .physical), (nil, .normalised): return root
        case (.some(let scale), .normalised): return root / scale
        case (nil, .physical): return root / weight(ofBinding: formula.root, 0, lane, formula, memory)
        }
    }

    /// What turns the gradient of the root register into that of the margin in the wanted units.
    private func seedFactor(
        _ lane: Int, _ formula: FormulaProgram, _ memory: ObjectiveWorkspace.Memory, _ units: MarginUnits
    ) -> Float {
        switch (sharedScale, units) {
        case (.some, .physical), (nil, .normalised): 1
        case (.some(let scale), .normalised): 1 / scale
        case (nil, .physical): 1 / weight(ofBinding: formula.root, 0, lane, formula, memory)
        }
    }

    private func weight(
        ofBinding register: Int, _ sample: Int, _ lane: Int, _ formula: FormulaProgram,
        _ memory: ObjectiveWorkspace.Memory
    ) -> Float {
        let place = formula.bindingAtom(of: register, at: sample, lane: lane, values: memory.formula)
        return place.map { formula.instructions[$0.register].weight } ?? 1
    }
}
