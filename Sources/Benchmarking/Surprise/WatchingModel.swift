public import WorldModels

/// A model whose surprise is measured.
public struct WatchingModel {
    /// What is ordinary for a predictor.
    public struct Ordinary: Sendable, Codable, Equatable {
        /// The predictor.
        public var predictor: SurprisePredictor
        /// How surprising steps are to it; `nil` where too little is held out to tell.
        public var surprise: PictureSurprise?
        /// Its square error on held-out steps, as a share of that of the model's own predictor; `nil` for that one.
        public var error: Double?
    }

    /// What is known of a model beside its networks, as a run keeps it.
    public struct Knowledge: Sendable, Codable, Equatable {
        /// What is ordinary for each predictor.
        public var ordinary: [Ordinary]
        /// How good the model is on held-out episodes.
        public var health: ImageHealth?
        /// The fingerprint of what it learned from.
        public var recorded: String
        /// Optimiser steps of the filter; 0 without one.
        public var filterSteps: Int
        /// Seconds that all this took to learn; `nil` where it went on from a checkpoint.
        public var seconds: Double?
    }

    /// The model.
    public let model: TrainedImageModel
    /// Remembers what was seen; `nil` for worlds in which a picture tells all.
    public let filter: RepresentationFilter?
    /// What is known of it beside these.
    public let knowledge: Knowledge

    /// Puts a model together.
    public init(model: TrainedImageModel, filter: RepresentationFilter?, knowledge: Knowledge) {
        (self.model, self.filter, self.knowledge) = (model, filter, knowledge)
    }

    /// How surprising steps are to each predictor.
    public var surprises: [SurprisePredictor: PictureSurprise] { byPredictor(\.surprise) }
    /// The filter's square error on held-out steps, as a share of the model's own predictor's.
    public var filterErrors: [SurprisePredictor: Double] { byPredictor(\.error) }

    private func byPredictor<Value>(_ value: (Ordinary) -> Value?) -> [SurprisePredictor: Value] {
        var found: [SurprisePredictor: Value] = [:]
        for entry in knowledge.ordinary { found[entry.predictor] = value(entry) }
        return found
    }
}
