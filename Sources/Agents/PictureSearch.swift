import Episodes
public import Planning
public import WorldModels

extension TrainedImageModel {
    /// How widely a search begins, as a share of half the limits of actions: twice as wide as recorded actions deviate, and no
    /// wider than the limits.
    ///
    /// What was never done is where a model is most wrong, and a search finds the errors that look like success: where
    /// recordings move slowly within wide limits, a search over all limits imagines pushes that do not happen. The searches of
    /// DINO-WM (arXiv:2411.04983) and LeWM (arXiv:2603.19312) begin with one recorded deviation, in normalised actions. The
    /// search may still go further, where elites lead it.
    public var searchWidth: Double {
        let shares = zip(actionChannels, actionScaling.deviation).compactMap { channel, deviation -> Double? in
            guard let low = channel.lowerLimit, let high = channel.upperLimit, high > low else { return nil }
            return 2 * Double(deviation) / ((high - low) / 2)
        }
        return min(1, shares.max() ?? 1)
    }

    /// Rows for which a search holds actions unless something else is asked for: those of a step of the model.
    public var searchBlocks: [Int] { [network.architecture.block] }

    /// How plans with a model of pictures are searched unless another way is asked for.
    ///
    /// With LeWM's predictor, whose candidates cost most of a plan, by small populations over many iterations, whose actions are
    /// drawn one by one: drawn with a spectrum of 1/f, twice as many searches end in a detour. Other predictors by what their
    /// success in closed loop was measured with.
    ///
    /// - Throws: Nothing of its own: all options are within their limits.
    public func pictureSearch() throws -> ImprovedCrossEntropy {
        guard network.architecture.predictor == .lewm else {
            return try ImprovedCrossEntropy(
                population: 256, elites: 24, iterations: 6, deviation: searchWidth, exponent: 1)
        }
        return try ImprovedCrossEntropy(
            population: 128, elites: 16, iterations: 14, deviation: searchWidth, exponent: 0, decay: 1)
    }
}
