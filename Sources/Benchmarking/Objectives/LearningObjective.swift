/// What a world model may be trained to do; everything else is the same for all.
public enum LearningObjective: String, Sendable, Codable, CaseIterable {
    /// Predict representations, kept from collapsing by SIGReg.
    case sigreg = "jepa_sigreg"
    /// Predict representations, kept apart by variance and covariance.
    case vicreg = "jepa_vicreg"
    /// Predict the representations of a slow copy, which no gradient reaches.
    case teacher = "jepa_teacher"
    /// Predict representations between which the actions can be recovered.
    case inverse = "jepa_inverse"
    /// Predict representations, with nothing against collapse.
    case unguarded = "jepa_none"
    /// Reconstruct present and predicted measurements from representations.
    case autoencoder
    /// The same from a Gaussian representation, with its divergence from a standard normal.
    case variational
    /// Predict the next measurement; longer predictions are fed back.
    case oneStep = "one_step"
    /// Predict measurements that are fed back, over the whole horizon of training.
    case multiStep = "multi_step"

    /// The kinds of objectives that a claim compares.
    public enum Family: String, Sendable {
        /// Prediction in representation space, without a decoder.
        case representation
        /// Reconstruction through a decoder.
        case reconstruction
        /// Autoregression in the space of the signals.
        case signal
    }

    /// What kind it is.
    public var family: Family {
        switch self {
        case .sigreg, .vicreg, .teacher, .inverse, .unguarded: .representation
        case .autoencoder, .variational: .reconstruction
        case .oneStep, .multiStep: .signal
        }
    }

    /// Whether something keeps its representations from collapsing, or it has none.
    public var isGuarded: Bool { self != .unguarded }

    /// Its name in tables.
    public var label: String {
        switch self {
        case .sigreg: "JEPA, SIGReg"
        case .vicreg: "JEPA, VICReg"
        case .teacher: "JEPA, EMA teacher"
        case .inverse: "JEPA, inverse dynamics"
        case .unguarded: "JEPA, nothing"
        case .autoencoder: "autoencoder"
        case .variational: "variational autoencoder"
        case .oneStep: "one step, fed back"
        case .multiStep: "many steps, fed back"
        }
    }
}
